#include "model/message/payload.hpp"

#include <fmt/format.h>

namespace sluice {

void payload::drop_share() noexcept {
  if (auto* shared = block(); shared != nullptr && shared->release())
    type_->destroy(shared);
}

void payload::throw_wrong_type(const payload_type& wanted, const payload_type* found) {
  throw error("wrong_type",
              fmt::format("the payload is {}, not {}", found ? found->name : "empty", wanted.name));
}

} // namespace sluice
