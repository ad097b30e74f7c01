#pragma once

#include "runtime/config/environment.hpp"
#include "runtime/config/server_environment.hpp"

#include <functional>
#include <iosfwd>
#include <optional>

namespace sluice {

/// Rows and columns of a terminal.
struct terminal_size {
  int rows = 24;
  int columns = 80;
};

/// Everything around the program that a command touches, so that tests can stand in for it.
struct cli_streams {
  std::istream& in;
  /// Machine output: results, findings of `validate`, the JSON summary.
  std::ostream& out;
  /// Everything for people.
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  environment_lookup environment = {};
  /// The environment as the program was given it, with the secrets that were taken out since
  /// (`take_environment`): for the settings of a server.
  environment_map variables = {};
  std::function<terminal_size()> size = {};
  /// Ends the process at once with a status, without destructors; for handlers that never return.
  std::function<void(int status)> leave = {};
  /// True when whoever read `out` has gone (`| head -1`), which is no failure to write.
  std::function<bool()> reader_has_gone = {};

  /// Whether a result that could be a table is printed as JSON: as somebody asked, or else when `out` is no
  /// terminal, so that scripts get all of it.
  bool shows_json(std::optional<bool> asked) const { return asked.value_or(!out_is_terminal); }

  /// Colours on `err`: it is a terminal and NO_COLOR is not set (no-color.org).
  bool colours() const {
    if (!err_is_terminal)
      return false;
    const auto refused = environment ? environment("NO_COLOR") : std::nullopt;
    return !refused || refused->empty();
  }
};

} // namespace sluice
