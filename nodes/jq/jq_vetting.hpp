#pragma once

#include "nodes/jq/jq_tokens.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sluice::detail {

/// Returns why this program may not run inside Sluice, or nothing: it would read the environment, files, the
/// input stream of the process or jq's own search path, write to its stderr, or end it.
std::optional<std::string> jq_objection(const std::vector<jq_token>& program);

} // namespace sluice::detail
