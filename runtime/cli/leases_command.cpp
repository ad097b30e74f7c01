#include "model/base/error.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_client.hpp"
#include "runtime/cli/text_table.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/server_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t largest_page = 1'000;

constexpr auto right = text_table::side::right;

/// Asks page by page until there are `limit` items of the list `name` or no more. `next`: the member that
/// says where the next page begins, which is the query's `query_name`; `start`: where the first begins.
std::vector<ordered_json> ask_for_list(http_client& client, const std::string& path, const char* name,
                                       const char* next, const char* query_name, std::string start,
                                       std::size_t limit) {
  std::vector<ordered_json> items;
  while (items.size() < limit) {
    const auto wanted = std::min(limit - items.size(), largest_page);
    const auto before = items.size();
    const auto answer =
        parse_answer(client.ask({"GET", path, {{"limit", std::to_string(wanted)}, {query_name, start}}}));
    for_each_item(answer, name, [&items](const ordered_json& each) { items.push_back(each); });
    const auto* const more = answer_fields(answer, "answer").find(next);
    if (more == nullptr || items.size() == before || items.size() - before < wanted)
      break;
    start = more->is_string() ? more->get<std::string>() : more->dump();
  }
  return items;
}

void print_lines(const std::vector<ordered_json>& items, cli_streams& streams) {
  for (const auto& each : items)
    streams.out << each.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

std::string leases_table(const std::vector<ordered_json>& items) {
  text_table table({{"RUN"}, {"TOKEN", right}, {"STATE"}, {"EXPIRES IN", right}, {"OWNER"}});
  for (const auto& each : items) {
    const auto lease = read_lease(each);
    const auto left = lease.expires_in_seconds ? fmt::format("{:.1f} s", *lease.expires_in_seconds) : "";
    table.add({to_string(lease.run), fmt::format("{}", lease.token), lease.live ? "live" : "free", left,
               lease.owner});
  }
  return table.to_string();
}

std::string audit_table(const std::vector<ordered_json>& items) {
  text_table table({{"ID", right}, {"AT"}, {"WHO"}, {"ACTION"}, {"ON"}, {"DETAIL"}});
  for (const auto& each : items) {
    const auto row = read_audit(each);
    table.add({fmt::format("{}", row.id), to_string(row.at), row.actor, row.action, row.subject,
               row.detail == "{}" ? "" : row.detail});
  }
  return table.to_string();
}

int carry_out(const leases_list_arguments& arguments, http_client& client, bool json, cli_streams& streams) {
  const auto items =
      ask_for_list(client, "/api/v1/leases", "leases", "next_cursor", "cursor", "", arguments.limit);
  if (json)
    print_lines(items, streams);
  else
    streams.out << leases_table(items);
  return exit_status::success;
}

int carry_out(const leases_release_arguments& arguments, http_client& client, bool json,
              cli_streams& streams) {
  const auto answer = parse_answer(client.ask({"DELETE", "/api/v1/leases/" + to_string(arguments.run)}));
  if (json)
    print_lines({answer}, streams);
  else
    streams.out << "released\n";
  return exit_status::success;
}

} // namespace

int execute(const leases_arguments& arguments, const node_catalog&, cli_streams& streams) {
  http_client client(find_server(arguments.server, streams));
  const bool lists = std::holds_alternative<leases_list_arguments>(arguments.action);
  const bool json = lists ? streams.shows_json(arguments.json) : arguments.json.value_or(false);
  return std::visit([&](const auto& action) { return carry_out(action, client, json, streams); },
                    arguments.action);
}

int execute(const audit_arguments& arguments, const node_catalog&, cli_streams& streams) {
  http_client client(find_server(arguments.server, streams));
  const auto items = ask_for_list(client, "/api/v1/audit", "audit", "next_since_id", "since_id",
                                  std::to_string(arguments.since), arguments.limit);
  if (streams.shows_json(arguments.json))
    print_lines(items, streams);
  else
    streams.out << audit_table(items);
  return exit_status::success;
}

} // namespace sluice
