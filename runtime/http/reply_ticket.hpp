#pragma once

#include "runtime/http/http_message.hpp"
#include "runtime/http/network_gate.hpp"

#include <cstdint>
#include <memory>

namespace sluice {

/// Who waits for the answers to requests, which it has numbered. Called on the network thread.
class reply_target {
public:
  virtual ~reply_target() = default;
  virtual void answer(std::uint64_t request, http_response answer) = 0;
  /// There will be no answer.
  virtual void abandon(std::uint64_t request) = 0;
};

/// Returns a reply for one request. It may be called from any thread and outlive everybody: on the network
/// thread it answers at once, from others by way of `gate`. Its second call is ignored; when all copies are
/// gone without a call, the request is abandoned.
http_reply make_reply(std::shared_ptr<network_gate> gate, std::weak_ptr<reply_target> target,
                      std::uint64_t request);

} // namespace sluice
