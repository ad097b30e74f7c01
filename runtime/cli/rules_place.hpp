#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/rules_arguments.hpp"
#include "runtime/cli/rules_client.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace sluice {

/// Calls `work` with the rules that the command line or the environment names, a directory, a database or a
/// server (`prefers_server`), and returns what it does. Throws as `find_server`, `find_database` and
/// `open_rule_directory`.
int with_rules_client(const rules_arguments& place, cli_streams& streams,
                      const std::function<int(rules_client&)>& work);

/// Returns the rules of a database, which is opened at the first call.
std::unique_ptr<rules_client> open_database_client(const std::filesystem::path& file,
                                                   std::function<utc_time()> clock);

/// Returns the present.
utc_time wall_clock();

} // namespace sluice
