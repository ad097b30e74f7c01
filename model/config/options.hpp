#pragma once

#include "model/base/error.hpp"
#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// What an option of a node type takes.
enum class option_kind {
  string,      ///< any text
  integer,     ///< a whole number of 64 bits
  number,      ///< a number
  boolean,     ///< true or false
  duration,    ///< a number and a unit, e.g. `250ms`
  size,        ///< bytes, e.g. `64KiB`
  choice,      ///< one of `choices`
  string_list, ///< a list of texts
  string_map,  ///< a map from texts to texts
  any          ///< whatever YAML can say
};

/// Returns what people write for it: "a duration such as 250ms", "true or false", …
std::string_view describe(option_kind kind) noexcept;

/// One option of a node type: what `sluice nodes NAME` shows and validation checks.
struct option_spec {
  /// As it is written in YAML.
  std::string name;
  /// What it takes.
  option_kind kind = option_kind::string;
  /// Whether leaving it out is a finding.
  bool required = false;
  /// As written in YAML; empty: no default.
  std::string default_value = {};
  /// One sentence, with the unit.
  std::string description;
  /// For `choice`.
  std::vector<std::string> choices = {};
  /// Bounds for integer, number, size (bytes) and duration (nanoseconds), both included.
  std::optional<double> minimum = {};
  /// The largest; see `minimum`.
  std::optional<double> maximum = {};
};

/// A node's options after they passed `check_options`: accessors cannot fail, except that asking for an
/// option the type does not declare, or as another kind, is an `internal_error`.
class options {
public:
  options() = default;
  /// What `given` says of `specs`; `check_options` found nothing wrong with it.
  options(std::vector<option_spec> specs, config_value given);

  /// True when the user wrote the option or it has a default.
  bool has(std::string_view name) const;
  /// The text, also of a choice; empty when not given and without default.
  std::string get_string(std::string_view name) const;
  /// The whole number.
  std::int64_t get_integer(std::string_view name) const;
  /// The number.
  double get_number(std::string_view name) const;
  /// True or false.
  bool get_boolean(std::string_view name) const;
  /// The duration, in nanoseconds.
  std::chrono::nanoseconds get_duration(std::string_view name) const;
  /// The size, in bytes.
  std::uint64_t get_size(std::string_view name) const;
  /// The items in order; empty when not given.
  std::vector<std::string> get_string_list(std::string_view name) const;
  /// The members in file order; empty when not given.
  std::vector<std::pair<std::string, std::string>> get_string_map(std::string_view name) const;
  /// The value as written; null when not given and without default.
  config_value get_any(std::string_view name) const;

private:
  const option_spec& spec(std::string_view name, option_kind kind) const;
  /// The scalar's text, or the default's.
  std::string scalar(std::string_view name, option_kind kind) const;

  std::vector<option_spec> specs_;
  config_value given_;
};

/// Thrown by a node's factory for an option that has the right kind but does not work: a bad jq program, a
/// bad pattern. Becomes the finding BAD_VALUE at the option's place.
class option_error : public error {
public:
  /// `option` is the name of the option; `text` says what is wrong, and the remedy.
  option_error(std::string option, const std::string& text)
      : error("bad_value", text), option_(std::move(option)) {}
  /// The name of the option.
  const std::string& option() const noexcept { return option_; }

private:
  std::string option_;
};

/// Checks `given` (a map, or null) against `specs` and appends UNKNOWN_OPTION and BAD_VALUE findings, with
/// paths below `path` (e.g. `nodes.parse`). Members named in `reserved` are left alone.
void check_options(const std::vector<option_spec>& specs, const config_value& given, const std::string& path,
                   const std::vector<std::string>& reserved, findings& out);

} // namespace sluice
