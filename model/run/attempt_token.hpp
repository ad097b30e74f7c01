#pragma once

#include "model/base/uuid.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Names one attempt at one step of one run, and the lease under which it was begun. Handed to whatever the
/// step does, so that the other side can tell a repeated request from a new one, and refuse an owner that has
/// been replaced: a greater `fence` came later.
struct attempt_token {
  uuid run;
  std::string step;
  /// From 1; goes on when the run is resumed.
  std::uint32_t attempt = 0;
  std::uint64_t fence = 0;

  friend bool operator==(const attempt_token&, const attempt_token&) = default;
};

/// Returns the idempotency token, `RUN/STEP/ATTEMPT`. Without the fence: it stays out of comparisons.
std::string idempotency_token(const attempt_token& token);

/// Returns all of it on one line, `RUN/STEP/ATTEMPT#FENCE`.
std::string to_string(const attempt_token& token);

/// Returns the token in exactly the form that `to_string` writes, or nothing.
std::optional<attempt_token> parse_attempt_token(std::string_view text);

} // namespace sluice
