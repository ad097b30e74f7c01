#pragma once

#include "model/base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace sluice {

/// An actor system of our own: fair scheduling, so that saturated flows starve nobody (docs/decisions/0002).
class own_system {
public:
  /// `workers`: threads, 0 for one per core. `sharing`: CAF's scheduler, otherwise the stealing one.
  own_system(std::size_t workers, bool sharing, std::size_t scheduler_throughput);
  ~own_system();
  own_system(const own_system&) = delete;
  own_system& operator=(const own_system&) = delete;

  caf::actor_system& get() noexcept { return *system_; }
  /// Some thread never returns: the system is left behind instead of being waited for.
  void leave_behind() noexcept;

private:
  class settings;
  std::unique_ptr<settings> config_;
  std::unique_ptr<caf::actor_system> system_;
};

/// The way of a runtime's actors to its log. It outlives the runtime when a handler does not return, shut by
/// then, so that what is left behind cannot reach a sink that is gone. Any thread; several write at once.
class log_gate {
public:
  explicit log_gate(log_sink sink) : sink_(std::make_shared<const log_sink>(std::move(sink))) {}

  void write(log_level level, std::string_view event, std::string_view text);
  /// Writes on a thread of its own, for callers that must not wait for the sink. What `gate` leads to now
  /// gets the line, and `lead_to` and `shut` wait for that as for any other. Without a thread to have it is
  /// lost.
  static void write_aside(const std::shared_ptr<log_gate>& gate, log_level level, std::string_view event,
                          std::string_view text);
  /// From here on lines go there; to nowhere without a sink. Waits until nobody calls the one before, at most
  /// `patience`: a sink that does not return by then is left behind.
  void lead_to(log_sink sink, std::chrono::nanoseconds patience = longest_call);
  void shut(std::chrono::nanoseconds patience = longest_call) { lead_to(nullptr, patience); }
  /// Returns a sink that writes through `gate`.
  static log_sink through(std::shared_ptr<log_gate> gate);

private:
  static constexpr std::chrono::seconds longest_call{10};
  class use;

  std::mutex mutex_;
  std::condition_variable changed_;
  /// Who writes holds it, too. Copied and let go under the lock.
  std::shared_ptr<const log_sink> sink_;
};

} // namespace sluice
