#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace sluice {

/// A failure with a documented, stable code. The text names the thing, the value and what to do about it.
class error : public std::runtime_error {
public:
  /// @param code lower-case words joined by underscores, e.g. `"not_found"`.
  /// @param text one sentence for a person.
  error(std::string code, const std::string& text) : std::runtime_error(text), code_(std::move(code)) {}

  /// Returns the stable code.
  const std::string& code() const noexcept { return code_; }

private:
  std::string code_;
};

/// A broken invariant of Sluice itself, as opposed to a user's mistake. Please report it.
class internal_error : public error {
public:
  /// Its code is `internal`.
  explicit internal_error(const std::string& text) : error("internal", text) {}
};

} // namespace sluice
