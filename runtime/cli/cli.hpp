#pragma once

#include "runtime/cli/cli_streams.hpp"

namespace sluice {

/// Carries out a command line with the process's own streams and returns the exit status. Ignores SIGPIPE. No
/// exception leaves it. Thread: main, before any other is started.
int run_cli(int argc, const char* const* argv);

/// The same with streams of the caller's, for tests; leaves signal dispositions alone.
int run_cli(int argc, const char* const* argv, cli_streams& streams);

} // namespace sluice
