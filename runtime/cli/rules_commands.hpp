#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/rules_arguments.hpp"
#include "runtime/cli/rules_client.hpp"

#include <functional>

namespace sluice {

/// What a command works with. `json`: results are printed as JSON.
struct rules_scene {
  rules_client& client;
  cli_streams& streams;
  bool json = false;
  std::function<utc_time()> clock = {};
};

/// Each carries out one command and returns its exit status; errors are thrown as `error`.
int carry_out(const rules_list_arguments& arguments, const rules_scene& scene);
int carry_out(const rules_show_arguments& arguments, const rules_scene& scene);
int carry_out(const rules_order_arguments& arguments, const rules_scene& scene);
int carry_out(const rules_tail_arguments& arguments, const rules_scene& scene);

/// Prints everything that is wrong with the rules of a directory, or with one file; a server says that when
/// `place` names one.
int validate_rules(const rules_validate_arguments& arguments, const rules_arguments& place,
                   cli_streams& streams);

/// Returns `by`, or the environment's USER unless the other side knows by itself who asks.
std::string asking(const std::string& by, bool knows_caller, const cli_streams& streams);

} // namespace sluice
