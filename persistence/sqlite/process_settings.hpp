#pragma once

namespace sluice {

/// Tells SQLite not to count the memory of this process, which takes a lock at each allocation: a run costs a
/// tenth less. For `main`, before any database is opened; a host that embeds Sluice decides for itself.
/// Returns false, and changes nothing, when SQLite was in use already.
bool set_up_sqlite_for_process() noexcept;

} // namespace sluice
