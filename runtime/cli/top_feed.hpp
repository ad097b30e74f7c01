#pragma once

#include "runtime/cli/http_client.hpp"
#include "runtime/cli/top_state.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace sluice {

/// Looks at a server again and again on a thread of its own, so that the screen answers keys while the server
/// does not answer.
class top_feed {
public:
  /// `news` is called on the feed's thread after each look.
  top_feed(http_target target, std::chrono::nanoseconds interval, std::function<void()> news);
  /// Gives up the request under way.
  ~top_feed();
  top_feed(const top_feed&) = delete;
  top_feed& operator=(const top_feed&) = delete;

  /// Returns what is known now: the last state that was seen, with the trouble since then, if there is any.
  /// Throws `http_error` when the server refuses the token (401, 403).
  top_state latest() const;

private:
  void run(std::chrono::nanoseconds interval);
  void look();

  http_client client_;
  std::function<void()> news_;
  /// The look before; the feed's thread only.
  std::optional<top_look> before_;
  mutable std::mutex mutex_;
  top_state state_;
  std::exception_ptr refusal_;
  std::thread thread_;
};

} // namespace sluice
