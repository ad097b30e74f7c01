#include "model/base/name_uuid.hpp"

#include <algorithm>
#include <array>

namespace sluice {

name_uuid::name_uuid(const uuid& space) noexcept {
  std::array<char, 16> bytes;
  std::transform(space.bytes.begin(), space.bytes.end(), bytes.begin(),
                 [](std::uint8_t byte) { return static_cast<char>(byte); });
  hash_.add({bytes.data(), bytes.size()});
}

uuid name_uuid::make() const noexcept {
  const auto digest = hash_.finish();
  uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>(0x50 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

} // namespace sluice
