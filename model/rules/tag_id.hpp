#pragma once

#include "model/base/name_uuid.hpp"
#include "model/base/uuid.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the id of the tag that a rule gives to a message: the same for the same message, rule, version and
/// technique, so that a replay tags once. UUID version 5 (RFC 9562, 5.5: SHA-1) over the four, each with its
/// length before it, as docs/rules.md shows. `source` identifies the message.
uuid tag_id(std::string_view source, std::string_view rule_id, std::uint64_t rule_version,
            std::string_view technique_id);

/// The same for several tags of one message, whose text is looked at once.
class tag_ids {
public:
  explicit tag_ids(std::string_view source);

  /// Returns what `make` wants of an emission: the same for every message.
  static std::string written(std::string_view rule_id, std::uint64_t rule_version,
                             std::string_view technique_id);
  uuid make(std::string_view written_emission) const {
    return name_uuid(begun_).add(written_emission).make();
  }

private:
  name_uuid begun_;
};

} // namespace sluice
