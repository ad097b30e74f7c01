#pragma once

#include <filesystem>
#include <string>

struct sqlite3;

namespace sluice {

/// Returns Sluice's code for a result of SQLite (extended or not) and the `errno` behind it (0: none):
///
/// | code                | what is wrong                                                            |
/// |---------------------|--------------------------------------------------------------------------|
/// | `store_full`        | the disk, the quota, the file size limit or `page_limit`                 |
/// | `store_locked`      | another program keeps the database locked                                |
/// | `store_corrupt`     | the file is damaged, or is no database                                   |
/// | `store_read_only`   | it may not be written                                                    |
/// | `store_unavailable` | it cannot be opened, is gone, or the device does not read or write       |
/// | `internal`          | Sluice used it wrongly: a constraint was violated, a statement is wrong  |
std::string store_failure_code(int result, int system_error) noexcept;

/// Throws `error` with that code for what went wrong last in `database`, which is the file at `path`, while
/// `doing` ("write the transaction"). `internal_error` when the code is `internal`.
[[noreturn]] void throw_store_failure(sqlite3* database, int result, const std::filesystem::path& path,
                                      const std::string& doing);

} // namespace sluice
