#pragma once

#include "model/config/finding.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// "None": an index that names nothing.
inline constexpr std::size_t npos = static_cast<std::size_t>(-1);

/// Collects the findings of one validation, and suggests names within a bound, so that a file full of unknown
/// names is still judged in a moment.
class validation_report {
public:
  void error(const char* code, std::string path, std::string text, source_position at = {});
  void warning(const char* code, std::string path, std::string text, source_position at = {});

  /// Returns the candidate nearest to `wrong`, or nullptr; always nullptr once the bound is spent.
  const std::string* nearest(std::string_view wrong, const std::vector<std::string>& candidates);
  /// Returns ` (did you mean 'X'?)` or an empty string, likewise.
  std::string hint(std::string_view wrong, const std::vector<std::string>& candidates);

  /// The findings as they were reported; others may append theirs.
  findings& all() noexcept { return all_; }
  /// Takes the findings in the order of the file; those without a place come first.
  findings take();

private:
  /// Names still to be compared: each costs about a microsecond.
  std::size_t comparisons_left_ = 200'000;
  findings all_;
};

/// Returns `name` for use in a finding: control characters become `?`, and the end of a long one is cut off.
std::string shown(std::string_view name);

/// Reports BAD_NAME at `path` unless `name` is a valid name of a `what` ("node", "port").
/// Returns whether it is.
bool check_name(std::string_view name, const char* what, const std::string& path, source_position at,
                validation_report& report);

} // namespace sluice::detail
