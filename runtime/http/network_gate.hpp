#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace boost::asio {
class io_context;
}

namespace sluice {

/// The way from any thread to a listener's network thread. Shared by the listener and by all that may call
/// back (replies, streams), so that those may come too late: after `close` what they hand over is forgotten.
class network_gate {
public:
  /// `network` must live until `close`.
  explicit network_gate(boost::asio::io_context& network) : network_(&network) {}
  network_gate(const network_gate&) = delete;
  network_gate& operator=(const network_gate&) = delete;

  /// Runs `work` on the network thread, soon. Any thread; does not wait for it.
  void post(std::function<void()> work);
  /// The calling thread is the network thread from now on.
  void enter() noexcept { thread_ = std::this_thread::get_id(); }
  bool is_network_thread() const noexcept { return thread_.load() == std::this_thread::get_id(); }
  void close() noexcept;

private:
  std::mutex mutex_;
  boost::asio::io_context* network_;
  std::atomic<std::thread::id> thread_{};
};

} // namespace sluice
