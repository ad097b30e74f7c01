#include "runtime/http/shared_render.hpp"

#include "runtime/http/background_thread.hpp"

#include <exception>
#include <utility>

namespace sluice {

shared_render::shared_render(std::function<std::string()> render)
    : render_(std::move(render)), thread_(start_background_thread([this] { run(); })) {}

shared_render::~shared_render() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void shared_render::ask(answer to) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(to));
  }
  changed_.notify_one();
}

void shared_render::run() {
  for (;;) {
    std::vector<answer> askers;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_)
        return;
      askers.swap(waiting_);
    }
    const auto made = render_once();
    for (const auto& asker : askers)
      asker(made);
  }
}

shared_render::result shared_render::render_once() const noexcept {
  try {
    return {false, render_()};
  } catch (const std::exception& failure) {
    return {true, failure.what()};
  } catch (...) {
    return {true, "an exception of an unknown type"};
  }
}

} // namespace sluice
