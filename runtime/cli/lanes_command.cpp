#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_place.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/wire/lane_name.hpp"
#include "runtime/wire/runs_json.hpp"

#include <algorithm>
#include <ostream>
#include <vector>

namespace sluice {

namespace {

/// Returns the lane with its use; one that was never used has none.
lane_row look_up(const lane_queue& which, runs_client& client) {
  for (auto& row : client.lanes())
    if (row.lane.env == which.env && row.lane.lane == which.lane)
      return row;
  return {which, client.lane(which), {}};
}

void print(const std::vector<lane_row>& lanes, const runs_scene& scene) {
  if (!scene.json) {
    scene.streams.out << lanes_table(lanes);
    return;
  }
  for (const auto& lane : lanes)
    scene.streams.out << lane_json(lane) << '\n';
}

/// Prints the lane as it is then.
void change_lane(const std::string& name, const std::string& by, const runs_scene& scene,
                 const lane_change& change) {
  const auto which = parse_lane(name);
  scene.client.change_lane(which, change, asking(by, scene));
  print({look_up(which, scene.client)}, scene);
}

void carry_out(const lanes_list_arguments&, const runs_scene& scene) {
  print(scene.client.lanes(), scene);
}

void carry_out(const lanes_show_arguments& arguments, const runs_scene& scene) {
  print({look_up(parse_lane(arguments.lane), scene.client)}, scene);
}

void carry_out(const lanes_switch_arguments& arguments, const runs_scene& scene) {
  change_lane(arguments.lane, arguments.by, scene,
              {arguments.enabled, arguments.reason, std::nullopt, std::nullopt});
}

void carry_out(const lanes_set_arguments& arguments, const runs_scene& scene) {
  change_lane(arguments.lane, arguments.by, scene,
              {std::nullopt, std::nullopt, arguments.ticks_per_day, arguments.concurrent_runs});
}

} // namespace

int execute(const lanes_arguments& arguments, const node_catalog&, cli_streams& streams) {
  return with_runs_client({arguments.database, arguments.server}, streams, [&](runs_client& client) {
    const runs_scene scene{client, streams, streams.shows_json(arguments.json)};
    std::visit([&](const auto& action) { carry_out(action, scene); }, arguments.action);
    return exit_status::success;
  });
}

} // namespace sluice
