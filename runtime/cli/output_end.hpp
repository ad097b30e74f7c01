#pragma once

#include "runtime/cli/cli_streams.hpp"

namespace sluice {

/// Flushes both streams and returns the status to exit with. When what was printed to `out` could not be
/// written (a full disk), says so on `err`, and a `status` of success, or of a drain deadline, becomes a
/// failure. A reader that has gone is none.
int end_output(cli_streams& streams, int status);

} // namespace sluice
