#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/thread_sanitizer.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::testing {

/// The actor system of a program that embeds Sluice: CAF's default policy, work stealing, unless told
/// otherwise. The thread sanitizer gets work sharing: the queues that workers steal from are guarded by spin
/// locks of CAF's library, which it cannot see. Its destruction waits for its actors.
class host_scene {
public:
  explicit host_scene(bool sharing = false, std::size_t workers = 2)
      : config_(sharing, workers), system_(std::in_place, config_) {}
  ~host_scene() {
    const unobserved destruction;
    system_.reset();
  }

  caf::actor_system& system() noexcept { return *system_; }

private:
  class config : public caf::actor_system_config {
  public:
    config(bool sharing, std::size_t workers) {
#ifdef SLUICE_TSAN
      sharing = true;
#endif
      set("scheduler.policy", sharing ? caf::atom("sharing") : caf::atom("stealing"));
      set("scheduler.max-threads", workers);
      set("logger.verbosity", caf::atom("quiet"));
    }
  };

  config config_;
  std::optional<caf::actor_system> system_;
};

/// An actor of the host with the handlers of a test; it ends when nobody knows it any more, as CAF's do. The
/// base is for the thread sanitizer only.
class host_actor final : public flow_actor {
public:
  using behavior_maker = std::function<caf::behavior(host_actor& self)>;

  host_actor(caf::actor_config& config, behavior_maker make) : flow_actor(config), make_(std::move(make)) {}

private:
  caf::behavior make_behavior() override { return std::exchange(make_, {})(*this); }

  behavior_maker make_;
};

/// Values from actors, for the thread of a test.
template <class T>
class gathering {
public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  /// Waits until there are `count`; false when that does not come about.
  bool wait_for(std::size_t count, std::chrono::seconds longest = std::chrono::seconds{60}) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] { return values_.size() >= count; });
  }
  std::vector<T> values() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }
  std::size_t size() const { return values().size(); }

private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<T> values_;
};

} // namespace sluice::testing
