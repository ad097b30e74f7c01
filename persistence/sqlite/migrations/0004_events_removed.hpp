#pragma once

#include <string_view>

namespace sluice {

/// How far events have been removed.
extern const std::string_view migration_0004_events_removed;

} // namespace sluice
