#include "runtime/embed/own_system.hpp"

#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/thread_sanitizer.hpp"

#include <algorithm>
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

void log_gate::write(log_level level, std::string_view event, std::string_view text) {
  struct use {
    explicit use(log_gate& of) : gate(of) {
      const std::lock_guard lock(gate.mutex_);
      sink = gate.sink_;
    }
    ~use() {
      const std::lock_guard lock(gate.mutex_);
      sink.reset();
      gate.changed_.notify_all();
    }
    log_gate& gate;
    std::shared_ptr<const log_sink> sink;
  };
  const use used(*this);
  if (*used.sink)
    (*used.sink)(level, event, text);
}

void log_gate::lead_to(log_sink sink, std::chrono::nanoseconds patience) {
  // The old one goes without the lock.
  auto other = std::make_shared<const log_sink>(std::move(sink));
  std::unique_lock lock(mutex_);
  sink_.swap(other);
  changed_.wait_for(lock, patience, [&] { return other.use_count() == 1; });
}

log_sink log_gate::through(std::shared_ptr<log_gate> gate) {
  return [gate = std::move(gate)](log_level level, std::string_view event, std::string_view text) {
    gate->write(level, event, text);
  };
}

} // namespace sluice
