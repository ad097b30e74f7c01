#pragma once

#include "runtime/cli/runs_commands.hpp"
#include "tests/runtime/scripted_runs_client.hpp"
#include "tests/support/matchers.hpp"

#include <sstream>
#include <string>

namespace sluice {

/// A client and streams around one command.
struct runs_command_scene {
  scripted_runs_client client;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli_streams streams{in, out, err};
  bool json = false;

  template <class Arguments>
  int run(const Arguments& arguments) {
    return carry_out(arguments, runs_scene{client, streams, json});
  }
  std::string take() {
    auto text = out.str();
    out.str("");
    return text;
  }
};

} // namespace sluice
