#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/rules_arguments.hpp"

namespace sluice {

/// Makes the rules of the database that the command line names those of a directory, and prints what that
/// came to. With an error in the directory nothing is done: its findings are printed to `err`. Without a
/// directory, a server does that with its own, at once.
int sync_rules_command(const rules_sync_arguments& arguments, const rules_arguments& place,
                       cli_streams& streams);

} // namespace sluice
