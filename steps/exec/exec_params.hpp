#pragma once

#include "model/config/finding.hpp"
#include "model/message/json.hpp"
#include "model/run/attempt_token.hpp"
#include "steps/step_params.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Kept of each stream unless told otherwise, and at most, in bytes.
inline constexpr std::size_t exec_output_default = std::size_t{64} << 10;
inline constexpr std::size_t exec_output_limit = std::size_t{1} << 20;

/// What a step of kind `exec` runs, and how.
struct exec_params {
  std::vector<std::string> argv = {};
  /// Absolute; empty: that of the worker.
  std::string cwd = {};
  /// Set for the command, after what it inherits.
  std::vector<std::pair<std::string, std::string>> env = {};
  /// Names of the worker's environment that it may see.
  std::vector<std::string> inherit_env = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"};
  /// Its standard input; none: /dev/null.
  std::optional<std::string> input = {};
  std::size_t output_limit = exec_output_default;
  std::vector<int> success_codes = {0};
  /// Leave line ends at the end of stdout out of the result, as a shell's $(…) does.
  bool trim = false;
};

/// Reads params and reports what does not fit.
exec_params read_exec_params(const json& params, const std::string& path, detail::references stage,
                             findings& out);

/// Returns the environment of the command, `NAME=value` each: what it inherits of `worker` (a list as
/// `environ`), what is set for it, and which attempt it is: SLUICE_RUN_ID, SLUICE_STEP, SLUICE_ATTEMPT,
/// SLUICE_IDEMPOTENCY_TOKEN and SLUICE_FENCING_TOKEN.
std::vector<std::string> exec_environment(const exec_params& params, const attempt_token& token,
                                          const char* const* worker);

} // namespace sluice
