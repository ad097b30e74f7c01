#pragma once

#include "model/message/json.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// The members of a request's body, by name and kind. What does not fit is `error("bad_value")`, which names
/// the member.
class body_reader {
public:
  /// `known`: the members that there may be. `body` is an object (`require_json`).
  body_reader(json body, std::initializer_list<std::string_view> known);

  bool has(std::string_view name) const;
  /// There, and null.
  bool is_null(std::string_view name) const;
  /// Each returns nothing for what is absent or null.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most) const;
  /// A number, whole or not, within the bounds.
  std::optional<double> number(std::string_view name, double least, double most) const;
  std::optional<json> document(std::string_view name) const;

private:
  json body_;
};

} // namespace sluice
