#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Runs a function that makes a text on a thread of its own, for many askers at a time: those who ask while
/// it runs share its next run. So a costly text does not hold up the network thread, and many askers cost
/// hardly more than one.
class shared_render {
public:
  /// What a run gave: the text, or why there is none.
  struct result {
    bool failed = false;
    std::string text;
  };
  /// Called on the rendering thread; must not throw.
  using answer = std::function<void(const result&)>;

  /// `render` may throw; it must return by itself, for the destructor waits for it.
  explicit shared_render(std::function<std::string()> render);
  /// Those still waiting get no answer.
  ~shared_render();
  shared_render(const shared_render&) = delete;
  shared_render& operator=(const shared_render&) = delete;

  /// Answers with a text made after this call. Any thread; does not wait.
  void ask(answer to);

private:
  void run();
  result render_once() const noexcept;

  std::function<std::string()> render_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<answer> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace sluice
