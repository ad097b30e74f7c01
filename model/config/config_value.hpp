#pragma once

#include "model/config/source_position.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// A value of a configuration file, with its place: null, a scalar (kept as written), a list or a map in file
/// order. Scalars get their type where they are used: `as_…` of `quantity.hpp` and `options`.
class config_value {
public:
  enum class kind { null, scalar, list, map };

  struct member;

  config_value() = default;
  /// A scalar. `quoted` scalars are strings even when they look like a number.
  static config_value scalar(std::string text, bool quoted = false, source_position at = {});
  static config_value list(std::vector<config_value> items, source_position at = {});
  static config_value map(std::vector<member> members, source_position at = {});
  static config_value null(source_position at = {});

  kind type() const noexcept { return kind_; }
  bool is_null() const noexcept { return kind_ == kind::null; }
  bool is_scalar() const noexcept { return kind_ == kind::scalar; }
  bool is_list() const noexcept { return kind_ == kind::list; }
  bool is_map() const noexcept { return kind_ == kind::map; }
  bool is_quoted() const noexcept { return quoted_; }
  const source_position& position() const noexcept { return position_; }

  /// The text of a scalar; empty for the others.
  const std::string& text() const noexcept { return text_; }
  /// The items of a list; empty for the others.
  const std::vector<config_value>& items() const noexcept { return items_; }
  /// The members of a map, in file order; empty for the others.
  const std::vector<member>& members() const noexcept { return members_; }
  /// Returns the member called `name`, or nullptr.
  const config_value* find(std::string_view name) const noexcept;

  /// Returns what this is, for a person: "a string", "a list", …
  std::string_view describe() const noexcept;

private:
  kind kind_ = kind::null;
  bool quoted_ = false;
  source_position position_;
  std::string text_;
  std::vector<config_value> items_;
  std::vector<member> members_;
};

/// One `name: value` of a map; `position` is the name's.
struct config_value::member {
  std::string name;
  source_position position;
  config_value value;
};

} // namespace sluice
