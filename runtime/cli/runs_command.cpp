#include "runtime/cli/commands.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_place.hpp"

#include <type_traits>

namespace sluice {

namespace {

template <class Action>
int carry_out_on(const Action& action, const runs_arguments& arguments, cli_streams& streams) {
  constexpr bool makes = std::is_same_v<Action, runs_submit_arguments>;
  return with_runs_client({arguments.database, arguments.server, makes}, streams, [&](runs_client& client) {
    const runs_scene scene{client, streams, streams.shows_json(arguments.json),
                           arguments.json.value_or(false)};
    return carry_out(action, scene);
  });
}

int carry_out_on(const runs_work_arguments& action, const runs_arguments& arguments, cli_streams& streams) {
  const auto database = database_for_work({arguments.database, arguments.server}, streams);
  return work_on(action, database, arguments.json.value_or(false), streams);
}

} // namespace

int execute(const runs_arguments& arguments, const node_catalog&, cli_streams& streams) {
  return std::visit([&](const auto& action) { return carry_out_on(action, arguments, streams); },
                    arguments.action);
}

std::string asking(const std::string& by, const runs_scene& scene) {
  if (!by.empty() || scene.client.knows_caller() || !scene.streams.environment)
    return by;
  return scene.streams.environment("USER").value_or("");
}

} // namespace sluice
