#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Returns the value of an environment variable, or nothing when it is not set.
using environment_lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Returns `root` with `${NAME}`, `${NAME:-default}` and `${NAME:?message}` in its scalars replaced. A
/// default also stands in for an empty variable. `$${` gives `${`; every other `$` is left alone, as jq and
/// patterns use it. A name that is not set and has no default is the finding BAD_VALUE at the scalar, which
/// then keeps its text.
config_value substitute_environment(const config_value& root, const environment_lookup& lookup,
                                    findings& out);

} // namespace sluice
