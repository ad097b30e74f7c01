#include "persistence/operations/run_view.hpp"

#include "model/base/error.hpp"
#include "model/run/step_graph_reader.hpp"
#include "persistence/operations/require_run.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

std::vector<step_row> steps_in_order(store& in, const uuid& run, const step_graph& graph) {
  std::vector<step_row> steps;
  std::map<std::string_view, std::size_t> places;
  for (const auto& spec : graph.steps) {
    places.emplace(spec.id, steps.size());
    steps.push_back({spec.id, {}});
  }
  for (auto& row : in.steps().list(run)) {
    const auto place = places.find(row.step);
    if (place == places.end())
      throw error("store_corrupt", fmt::format("run {} has a row for step '{}', which is not in its graph",
                                               to_string(run), row.step));
    steps[place->second] = std::move(row);
  }
  return steps;
}

} // namespace

run_view view_run(store& in, const uuid& run) {
  run_view view;
  view.row = require_run(in, run);
  const auto body = require_body(in, run);
  view.graph = load_step_graph(body.run_graph);
  view.params = load_params(body, run);
  view.steps = steps_in_order(in, run, view.graph);
  view.commands = in.commands().list(run);
  view.lease = in.leases().find(run);
  return view;
}

} // namespace sluice
