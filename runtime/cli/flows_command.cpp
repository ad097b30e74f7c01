#include "model/base/error.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flows_text.hpp"
#include "runtime/cli/http_client.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/text_input.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/server_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// What a command works with. `json`: what could be a table is JSON; `json_words`: a single word, too.
struct flows_scene {
  http_client& client;
  cli_streams& streams;
  bool json = false;
  bool json_words = false;
};

std::string dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::vector<flow_entry> list_flows(const flows_scene& scene) {
  std::vector<flow_entry> flows;
  for_each_item(parse_answer(scene.client.ask({"GET", "/api/v1/flows"})), "flows",
                [&](const ordered_json& each) { flows.push_back(read_flow(each)); });
  return flows;
}

/// Returns the flow that is called `text`: the only one that runs under that name, or else the only one that
/// has ended.
uuid find_by_name(const std::string& text, const flows_scene& scene) {
  auto called = list_flows(scene);
  std::erase_if(called, [&](const flow_entry& each) { return each.name != text; });
  if (std::any_of(called.begin(), called.end(), [](const flow_entry& each) { return !each.ended_at; }))
    std::erase_if(called, [](const flow_entry& each) { return each.ended_at.has_value(); });
  if (called.empty())
    throw error("not_found",
                fmt::format("no flow of the server has the id or the name '{}'; `sluice flows list` "
                            "shows them",
                            text.substr(0, 80)));
  if (called.size() > 1)
    throw error("ambiguous",
                fmt::format("{} flows are called '{}'; give the id, as `sluice flows list` shows it",
                            called.size(), text.substr(0, 80)));
  return called.front().id;
}

/// `flow`: an id or a name.
std::string flow_path(const std::string& flow, const flows_scene& scene, const std::string& part = {}) {
  const auto id = parse_uuid(flow);
  return "/api/v1/flows/" + to_string(id ? *id : find_by_name(flow, scene)) + part;
}

/// Prints one word of an answer, or all of it as JSON.
void print_word(const ordered_json& answer, const char* member, const flows_scene& scene) {
  if (scene.json_words)
    scene.streams.out << dump(answer) << '\n';
  else
    scene.streams.out << answer_fields(answer, "answer").text(member) << '\n';
}

int carry_out(const flows_start_arguments& arguments, const flows_scene& scene) {
  const auto shown = input_name(arguments.file);
  ordered_json body;
  if (!arguments.name.empty())
    body["name"] = arguments.name;
  try {
    body["graph"] = read_input(arguments.file, scene.streams);
  } catch (const error& trouble) {
    scene.streams.err << shown << ": error: " << trouble.what() << " [SYNTAX]\n";
    return exit_status::configuration;
  }
  try {
    print_word(parse_answer(scene.client.ask({"POST", "/api/v1/flows", {}, dump(body)})), "id", scene);
  } catch (const http_error& refused) {
    if (!has_errors(refused.found()))
      throw;
    for (const auto& one : refused.found())
      scene.streams.err << to_string(one, shown) << '\n';
    return exit_status::configuration;
  }
  return exit_status::success;
}

int carry_out(const flows_list_arguments&, const flows_scene& scene) {
  std::vector<flow_entry> flows;
  for_each_item(parse_answer(scene.client.ask({"GET", "/api/v1/flows"})), "flows",
                [&](const ordered_json& each) {
                  if (scene.json)
                    scene.streams.out << dump(each) << '\n';
                  else
                    flows.push_back(read_flow(each));
                });
  if (!scene.json)
    scene.streams.out << flows_table(flows);
  return exit_status::success;
}

int carry_out(const flows_show_arguments& arguments, const flows_scene& scene) {
  const auto answer = parse_answer(scene.client.ask({"GET", flow_path(arguments.flow, scene)}));
  scene.streams.out << (scene.json ? dump(answer) + '\n' : flow_text(read_flow_view(answer)));
  return exit_status::success;
}

int carry_out(const flows_order_arguments& arguments, const flows_scene& scene) {
  auto body = ordered_json::object();
  if (!arguments.drain_timeout.empty())
    body["drain_timeout"] = arguments.drain_timeout;
  const auto path = flow_path(arguments.flow, scene, "/" + arguments.order);
  print_word(parse_answer(scene.client.ask({"POST", path, {}, dump(body)})), "status", scene);
  return exit_status::success;
}

int carry_out(const flows_control_arguments& arguments, const flows_scene& scene) {
  const auto payload = ordered_json::parse(arguments.payload, nullptr, false);
  if (!payload.is_object())
    throw error("bad_payload", fmt::format("'{}' is no JSON object, which a control message is",
                                           arguments.payload.substr(0, 80)));
  const auto path =
      flow_path(arguments.flow, scene, fmt::format("/nodes/{}/control", url_encoded(arguments.node)));
  const auto answer = parse_answer(scene.client.ask({"POST", path, {}, arguments.payload}));
  scene.streams.out << (scene.json_words ? dump(answer) : std::string("taken")) << '\n';
  return exit_status::success;
}

int carry_out(const flows_set_edge_arguments& arguments, const flows_scene& scene) {
  ordered_json body;
  if (arguments.capacity)
    body["capacity"] = *arguments.capacity;
  if (!arguments.priority.empty())
    body["priority"] = arguments.priority;
  const auto path = flow_path(arguments.flow, scene, "/edges/" + url_encoded(arguments.edge));
  const auto answer = parse_answer(scene.client.ask({"PATCH", path, {}, dump(body)}));
  scene.streams.out << (scene.json ? dump(answer) + '\n' : flow_edges_table({read_flow_edge(answer)}));
  return exit_status::success;
}

} // namespace

int execute(const flows_arguments& arguments, const node_catalog&, cli_streams& streams) {
  http_client client(find_server(arguments.server, streams));
  const flows_scene scene{client, streams, streams.shows_json(arguments.json),
                          arguments.json.value_or(false)};
  return std::visit([&](const auto& action) { return carry_out(action, scene); }, arguments.action);
}

} // namespace sluice
