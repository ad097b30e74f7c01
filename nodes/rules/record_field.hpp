#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// The place of a value in records: `command`, or `request.path` in a nested one.
class record_field {
public:
  /// Dots stand between the members.
  explicit record_field(std::string_view path);

  /// Returns the value, or nullptr when the record has none there, or null.
  const nlohmann::ordered_json* find(const nlohmann::ordered_json& record) const;

  /// Returns the text to match: a string's own bytes, for others their compact JSON, put into `room`. Without
  /// a value the view has no address. Valid while `record` and `room` are.
  std::string_view text(const nlohmann::ordered_json& record, std::string& room) const;

private:
  std::vector<std::string> names_;
};

} // namespace sluice::detail
