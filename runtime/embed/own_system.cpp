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
  const std::lock_guard lock(mutex_);
  if (sink_)
    sink_(level, event, text);
}

void log_gate::lead_to(log_sink sink) {
  const std::lock_guard lock(mutex_);
  sink_ = std::move(sink);
}

log_sink log_gate::through(std::shared_ptr<log_gate> gate) {
  return [gate = std::move(gate)](log_level level, std::string_view event, std::string_view text) {
    gate->write(level, event, text);
  };
}

} // namespace sluice
