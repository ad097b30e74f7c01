#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/console.hpp"
#include "runtime/cli/log_writer.hpp"

namespace sluice {

/// The log of a command that has no options for it: warnings and errors go to `err`, as text on a terminal
/// and as JSON otherwise. `streams` must outlive this object, and this object every sink.
class plain_log {
public:
  explicit plain_log(const cli_streams& streams)
      : screen_(streams.err), writer_(screen_, {"warning", !streams.err_is_terminal, streams.colours()}) {}

  log_sink sink() { return writer_.sink(); }

private:
  console screen_;
  log_writer writer_;
};

} // namespace sluice
