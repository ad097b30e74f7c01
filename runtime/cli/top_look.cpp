#include "runtime/cli/top_look.hpp"

#include "runtime/cli/http_error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/server_reader.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Flows that are looked at one by one: each is a request.
constexpr std::size_t most_flows = 32;

std::vector<flow_entry> flows_under_way(http_client& client) {
  std::vector<flow_entry> flows;
  for_each_item(parse_answer(client.ask({"GET", "/api/v1/flows"})), "flows",
                [&flows](const ordered_json& each) {
                  if (auto flow = read_flow(each); !flow.ended_at)
                    flows.push_back(std::move(flow));
                });
  return flows;
}

void look_at_flows(http_client& client, top_look& look) {
  for (const auto& flow : flows_under_way(client)) {
    if (look.flows.size() == most_flows) {
      ++look.flows_left_out;
      continue;
    }
    try {
      look.flows.push_back(
          read_flow_view(parse_answer(client.ask({"GET", "/api/v1/flows/" + to_string(flow.id)}))));
    } catch (const http_error& refused) {
      if (refused.status() != 404)
        throw;
      // It has gone since the list was made.
    }
  }
}

void look_at_leases(http_client& client, top_look& look) {
  const auto answer = parse_answer(client.ask({"GET", "/api/v1/leases", {{"limit", "100"}}}));
  for_each_item(answer, "leases",
                [&look](const ordered_json& each) { look.leases.push_back(read_lease(each)); });
  look.more_leases = answer_fields(answer, "answer").find("next_cursor") != nullptr;
}

} // namespace

top_look take_look(http_client& client) {
  top_look look;
  look.health = read_health(parse_answer(client.ask({"GET", "/api/v1/health"})));
  look_at_flows(client, look);
  // Counters are as old as the flows' answers, not as what is asked after them.
  look.at = std::chrono::steady_clock::now();
  look.wall = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  look_at_leases(client, look);
  return look;
}

} // namespace sluice
