#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/send.hpp"
#include "actors/messaging/thread_sanitizer.hpp"
#include "actors/store/actor_endings.hpp"
#include "model/base/log.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Longest wait for something that must happen; being slow is no failure.
inline constexpr std::chrono::seconds patience{60};

/// A queue between actors, or callbacks on their threads, and the thread of a test.
template <class Item>
class mailbox_of_test {
public:
  void put(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    // Under the lock: who takes the item may destroy the queue as soon as it is free.
    changed_.notify_all();
  }

  /// Waits for the next; the test fails when none comes.
  Item take() {
    std::unique_lock lock(mutex_);
    BOOST_REQUIRE_MESSAGE(changed_.wait_for(lock, patience, [&] { return !items_.empty(); }),
                          "waited in vain");
    auto item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  bool empty() const {
    const std::lock_guard lock(mutex_);
    return items_.empty();
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;
};

/// An actor that hands what it gets to functions of a test, on its own thread. Ends with the scene.
class test_actor final : public flow_actor {
public:
  using behavior_maker = std::function<caf::behavior(test_actor* self)>;
  struct end {};

  test_actor(caf::actor_config& config, behavior_maker make) : flow_actor(config), behavior_(make(this)) {}

  caf::actor me() { return caf::actor_cast<caf::actor>(this); }
  /// To be among the handlers of each.
  auto ending() {
    return [this](const end&) { quit(caf::exit_reason::user_shutdown); };
  }

private:
  caf::behavior make_behavior() override { return behavior_; }
  void on_exit() override { behavior_ = {}; }

  caf::behavior behavior_;
};

/// An actor system of two fair workers, a log, and actors of the test's own.
class actor_scene {
public:
  explicit actor_scene(std::size_t workers = 2) : config_(workers), system_(std::in_place, config_) {}
  ~actor_scene() {
    for (const auto& each : actors_)
      send_outside(each, test_actor::end{});
    actors_.clear();
    BOOST_TEST(endings_.wait_for(patience));
    const unobserved destruction;
    system_.reset();
  }

  caf::actor_system& system() noexcept { return *system_; }

  /// Spawns an actor with the handlers that `make` returns, `self->ending()` among them; it ends with the
  /// scene.
  caf::actor spawn(test_actor::behavior_maker make) {
    actors_.push_back(system_->spawn<test_actor>(std::move(make)));
    endings_.add(actors_.back());
    return actors_.back();
  }
  /// Ends an actor of the test's own before the scene does.
  void end(const caf::actor& which) { send_outside(which, test_actor::end{}); }

  log_sink log() {
    return [this](log_level, std::string_view event, std::string_view text) {
      logged.put(std::string(event) + ": " + std::string(text));
    };
  }
  mailbox_of_test<std::string> logged;

private:
  class config : public caf::actor_system_config {
  public:
    explicit config(std::size_t workers) {
      set("scheduler.policy", caf::atom("sharing"));
      set("scheduler.max-threads", workers);
      set("logger.verbosity", caf::atom("quiet"));
    }
  };

  config config_;
  std::optional<caf::actor_system> system_;
  std::vector<caf::actor> actors_;
  actor_endings endings_;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::test_actor::end)
