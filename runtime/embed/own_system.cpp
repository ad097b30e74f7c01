#include "runtime/embed/own_system.hpp"

#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/thread_sanitizer.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice {

class own_system::settings : public caf::actor_system_config {
public:
  settings(std::size_t workers, bool sharing, std::size_t scheduler_throughput) {
    const auto threads = workers != 0 ? workers : std::max(1U, std::thread::hardware_concurrency());
    set("scheduler.policy", sharing ? caf::atom("sharing") : caf::atom("stealing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", std::max<std::size_t>(1, scheduler_throughput));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

own_system::own_system(std::size_t workers, bool sharing, std::size_t scheduler_throughput)
    : config_(std::make_unique<settings>(workers, sharing, scheduler_throughput)) {
  const logger_mark unmarked;
  system_ = std::make_unique<caf::actor_system>(*config_);
}

own_system::~own_system() {
  const unobserved destruction;
  system_.reset();
  config_.reset();
}

void own_system::leave_behind() noexcept {
  (void)system_.release();
  (void)config_.release();
}

/// Somebody writes.
class log_gate::use {
public:
  explicit use(log_gate& of) : gate_(&of) {
    const std::lock_guard lock(of.mutex_);
    sink_ = of.sink_;
  }
  ~use() {
    // Behind the lock: if nobody else holds the sink, it goes here, and with it what it captured.
    std::shared_ptr<const log_sink> last;
    const std::lock_guard lock(gate_->mutex_);
    if (sink_.use_count() == 1)
      last.swap(sink_);
    sink_.reset();
    gate_->changed_.notify_all();
  }
  use(const use&) = delete;
  use& operator=(const use&) = delete;

  bool is_heard() const noexcept { return static_cast<bool>(*sink_); }
  void write(log_level level, std::string_view event, std::string_view text) const {
    if (is_heard())
      (*sink_)(level, event, text);
  }

private:
  log_gate* gate_;
  std::shared_ptr<const log_sink> sink_;
};

void log_gate::write(log_level level, std::string_view event, std::string_view text) {
  use(*this).write(level, event, text);
}

void log_gate::write_aside(const std::shared_ptr<log_gate>& gate, log_level level, std::string_view event,
                           std::string_view text) {
  auto writer = std::make_unique<use>(*gate);
  if (!writer->is_heard())
    return;
  try {
    std::thread([gate, writer = std::move(writer), level, event = std::string(event),
                 text = std::string(text)]() mutable {
      try {
        writer->write(level, event, text);
      } catch (...) {
        // Nobody is there to hear of it.
      }
      // Before the gate goes.
      writer.reset();
    }).detach();
  } catch (const std::system_error&) {
    // Losing the line is better than waiting for it.
  }
}

void log_gate::lead_to(log_sink sink, std::chrono::nanoseconds patience) {
  // The old one goes without the lock.
  auto other = std::make_shared<const log_sink>(std::move(sink));
  std::unique_lock lock(mutex_);
  sink_.swap(other);
  if (!changed_.wait_for(lock, patience, [&] { return other.use_count() == 1; }))
    other.reset();
}

log_sink log_gate::through(std::shared_ptr<log_gate> gate) {
  return [gate = std::move(gate)](log_level level, std::string_view event, std::string_view text) {
    gate->write(level, event, text);
  };
}

} // namespace sluice
