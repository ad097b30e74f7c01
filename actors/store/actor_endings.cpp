#include "actors/store/actor_endings.hpp"

#include <caf/abstract_actor.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace sluice {

struct actor_endings::shared {
  void one_ended() {
    const std::lock_guard lock(mutex);
    --left;
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left = 0;
};

actor_endings::actor_endings() : shared_(std::make_shared<shared>()) {}

void actor_endings::add(const caf::actor& who) {
  {
    const std::lock_guard lock(shared_->mutex);
    ++shared_->left;
  }
  who->attach_functor([all = shared_] { all->one_ended(); });
}

bool actor_endings::wait_for(std::chrono::nanoseconds time) const {
  std::unique_lock lock(shared_->mutex);
  return shared_->changed.wait_for(lock, time, [&] { return shared_->left == 0; });
}

} // namespace sluice
