#pragma once

#include "model/base/sha1.hpp"
#include "model/base/uuid.hpp"

#include <string_view>

namespace sluice {

/// Makes ids of version 5 (RFC 9562, 5.5): the same for the same name in the same name space, everywhere. The
/// name comes in pieces; copies go on from where they were made, for names that begin alike.
class name_uuid {
public:
  explicit name_uuid(const uuid& space) noexcept;

  name_uuid& add(std::string_view piece) noexcept {
    hash_.add(piece);
    return *this;
  }
  /// Returns the id of the name so far.
  uuid make() const noexcept;

private:
  sha1 hash_;
};

} // namespace sluice
