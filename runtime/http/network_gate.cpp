#include "runtime/http/network_gate.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace sluice {

void network_gate::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (network_)
    boost::asio::post(*network_, std::move(work));
}

void network_gate::close() noexcept {
  const std::lock_guard lock(mutex_);
  network_ = nullptr;
}

} // namespace sluice
