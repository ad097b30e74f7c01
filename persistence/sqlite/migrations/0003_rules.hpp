#pragma once

#include <string_view>

namespace sluice {

/// Operators' rules, what was said about them, and what happened to both.
extern const std::string_view migration_0003_rules;

} // namespace sluice
