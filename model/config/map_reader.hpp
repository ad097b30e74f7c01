#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Reads the members of one map by name and kind; whatever does not fit becomes a finding with path and
/// position. Names that nobody asked for are reported by `refuse_unknown`. The map and `out` must outlive the
/// reader.
class map_reader {
public:
  /// @param path the map's own place, e.g. `edges[2]`; empty at the top.
  map_reader(const config_value& map, std::string path, findings& out)
      : map_(map), path_(std::move(path)), out_(out) {}

  /// Returns the member, or nullptr when it is absent or null.
  const config_value* value(std::string_view name);
  /// Returns the member if it is of that kind.
  const config_value* map(std::string_view name);
  const config_value* list(std::string_view name);
  const config_value* scalar(std::string_view name);

  std::optional<std::string> text(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  /// Returns a whole number from `least` to `most`; others are a finding with `code`.
  std::optional<std::uint64_t> count(std::string_view name, std::uint64_t least, std::uint64_t most,
                                     const char* code = finding_code::bad_value);
  std::optional<std::chrono::nanoseconds> duration(std::string_view name);
  /// Returns the member if it is one of `choices`.
  std::optional<std::string> choice(std::string_view name, const std::vector<std::string>& choices);

  /// Reports every member that was not asked for as UNKNOWN_OPTION, with the nearest name that was.
  void refuse_unknown();

  std::string path_of(std::string_view name) const;
  source_position position_of(std::string_view name) const;
  const config_value& map() const noexcept { return map_; }
  const std::string& path() const noexcept { return path_; }
  findings& out() const noexcept { return out_; }

  void report(const char* code, std::string_view name, std::string text);
  void report_at(const char* code, std::string_view name, std::string text, source_position at);

private:
  const config_value* of_kind(std::string_view name, config_value::kind kind, std::string_view expected);
  void refuse_value(std::string_view name, const config_value& found, std::string_view expected);

  const config_value& map_;
  std::string path_;
  findings& out_;
  std::vector<std::string> known_;
};

} // namespace sluice
