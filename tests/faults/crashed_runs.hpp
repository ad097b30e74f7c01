#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace sluice {

/// Returns what is wrong with the runs of a folder in which no worker lives any more, a sentence each; looked
/// at with the sqlite3 library alone, but for `check_database`. Right is: all `runs` that were submitted are
/// there; every run has ended, or waits for a
/// person as it should (`waits`); nothing is owned and no attempt is under way; events have no gap, and the
/// end of a run is told once; no step began, succeeded or had an effect (a line in `effects`) after it had
/// succeeded; no attempt had its effect twice; fences grow with the attempts.
std::vector<std::string> what_is_wrong(const std::filesystem::path& folder, std::size_t runs);

} // namespace sluice
