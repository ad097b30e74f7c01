#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/moment.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/cli/rules_place.hpp"
#include "runtime/cli/rules_sync_command.hpp"
#include "runtime/cli/rules_text.hpp"
#include "runtime/wire/rules_json.hpp"

#include <ostream>

namespace sluice {

namespace {

template <class Action>
int carry_out_on(const Action& action, const rules_arguments& arguments, cli_streams& streams) {
  return with_rules_client(arguments, streams, [&](rules_client& client) {
    return carry_out(action, rules_scene{client, streams, streams.shows_json(arguments.json), wall_clock});
  });
}

int carry_out_on(const rules_validate_arguments& action, const rules_arguments& arguments,
                 cli_streams& streams) {
  return validate_rules(action, arguments, streams);
}

int carry_out_on(const rules_sync_arguments& action, const rules_arguments& arguments, cli_streams& streams) {
  return sync_rules_command(action, arguments, streams);
}

} // namespace

int carry_out(const rules_list_arguments&, const rules_scene& scene) {
  const auto all = scene.client.list();
  if (scene.json)
    for (const auto& rule : all.rules)
      scene.streams.out << rule_json(rule) << '\n';
  else
    scene.streams.out << rules_table(all.rules);
  // Results go to `out` alone: what is wrong with other rules is said beside them.
  scene.streams.err << findings_text(all.findings);
  return exit_status::success;
}

int carry_out(const rules_show_arguments& arguments, const rules_scene& scene) {
  const auto rule = scene.client.show(arguments.rule);
  if (scene.json)
    scene.streams.out << rule_view_json(rule) << '\n';
  else
    scene.streams.out << rule_details(rule);
  return exit_status::success;
}

int carry_out(const rules_order_arguments& arguments, const rules_scene& scene) {
  rule_order order{arguments.mode, arguments.confidence_max, arguments.reason};
  order.lasts = arguments.lasts;
  if (!arguments.until.empty())
    order.until = resolve_moment(arguments.until, scene.clock(), moment_side::future);
  const auto by = asking(arguments.by, scene.client.knows_caller(), scene.streams);
  const auto rule = scene.client.set_state(arguments.rule, order, by);
  if (scene.json)
    scene.streams.out << rule_json(rule) << '\n';
  else
    scene.streams.out << rules_table({rule});
  return exit_status::success;
}

int execute(const rules_arguments& arguments, const node_catalog&, cli_streams& streams) {
  return std::visit([&](const auto& action) { return carry_out_on(action, arguments, streams); },
                    arguments.action);
}

std::string asking(const std::string& by, bool knows_caller, const cli_streams& streams) {
  if (!by.empty() || knows_caller || !streams.environment)
    return by;
  return streams.environment("USER").value_or("");
}

} // namespace sluice
