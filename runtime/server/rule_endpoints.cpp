#include "runtime/server/rule_endpoints.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/flow_orders.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/rule_file_endpoints.hpp"
#include "runtime/server/rule_history.hpp"
#include "runtime/server/rule_order_request.hpp"
#include "runtime/server/server_rules.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/rules_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t usual_rule_page = 100;
constexpr std::size_t rule_page_limit = 1'000;
/// A page ends before the item that would make it longer than this, unless that is its first.
constexpr std::size_t rule_page_bytes = std::size_t{4} << 20;
/// Changes that are read from the store at a time: each may be a large rule.
constexpr std::size_t changes_at_once = 50;

utc_time now_in_utc() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// A rule with its hits, which only those with a definition have.
rule_facts facts_of(const rule_book& book, const std::string& id, const viewed_rule& seen) {
  auto facts = facts_of(id, seen, now_in_utc());
  const auto shown = book.find(id);
  facts.hits = shown ? shown->hits : 0;
  return facts;
}

std::string text_of(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// Also finds an id of which there is only a state: somebody may want to take that back.
std::optional<rule_facts> find_rule(const rule_book& book, const std::string& id) {
  const auto rules = book.view();
  const auto found = rules.find(id);
  return found == rules.end() ? std::nullopt : std::optional(facts_of(book, id, found->second));
}

rule_facts require_rule(const rule_book& book, const std::string& id) {
  if (auto found = find_rule(book, id))
    return *std::move(found);
  std::vector<std::string> known;
  for (const auto& [other, unused] : book.view())
    known.push_back(other);
  throw error("not_found", fmt::format("there is no rule '{}'{}", id.substr(0, 80), suggest(id, known)));
}

void list_rules(server_context& context, const http_request& request, http_reply reply) {
  const auto& book = context.rules->book();
  query_reader query(request.query);
  const auto after = query.text("after").value_or("");
  const auto limit = query.count("limit", 1, rule_page_limit).value_or(usual_rule_page);
  query.refuse_unknown();
  const auto all = book.view();
  json_list page("rules");
  auto next = all.upper_bound(after);
  std::string last;
  for (std::size_t count = 0; next != all.end() && count < limit; ++next, ++count) {
    if (!page.add_within(rule_page_bytes, rule_json(facts_of(book, next->first, next->second))))
      break;
    last = next->first;
  }
  auto body = std::move(page).finish("next_after", next == all.end() ? "null" : text_of(last));
  body.pop_back();
  reply(json_response(body + ',' + findings_members(context.rules->findings()) + '}'));
}

void show_rule(server_context& context, const http_request& request, http_reply reply) {
  query_reader(request.query).refuse_unknown();
  reply(json_response(rule_view_json(require_rule(context.rules->book(), request.path_value("rule")))));
}

/// `publish_failed` with what is known about the state all the same.
http_response refusal_of(const rule_state_answer& answer) {
  const auto& why = *answer.failure;
  if (!answer.persisted)
    return error_answer(why.code(), why.what());
  const ordered_json body{{"error",
                           {{"code", why.code()},
                            {"message", why.what()},
                            {"detail", {{"persisted", answer.persisted}, {"published", answer.published}}}}}};
  return json_response(text_of(body), 500);
}

void answer_set(const rule_book& book, const std::string& id, const rule_state_answer& answer,
                const http_reply& reply) {
  if (answer.failure)
    return reply(refusal_of(answer));
  // What was said about an id without a definition is gone when it is taken back.
  answer_guarded(
      reply, [&] { reply(json_response(rule_answer_json(find_rule(book, id).value_or(rule_facts{id})))); });
}

const char* action_of(rule_mode mode) noexcept {
  return mode == rule_mode::disabled  ? "rule.disable"
         : mode == rule_mode::clipped ? "rule.clip"
                                      : "rule.enable";
}

/// Whether nothing is said about the rule, and that is in force. Waits for the keeper.
bool is_enabled(const rule_book& book, const std::string& id) {
  book.refresh();
  return book.state(id).mode == rule_mode::enabled;
}

void set_rule_state(server_context& context, const http_request& request, http_reply reply) {
  const auto& book = context.rules->book();
  query_reader(request.query).refuse_unknown();
  const auto order = read_rule_order(request);
  const auto id = request.path_value("rule");
  (void)require_rule(book, id);
  const auto state = state_of(order, request.who.name, now_in_utc());
  require_state(state, state.at);
  // A copy of the book: the answer may come when the server goes.
  const auto act = [book, id, state](const http_reply& answered) {
    book.set_state_async(id, state, [book, id, answered](const rule_state_answer& answer) {
      answer_set(book, id, answer, answered);
    });
  };
  // In the database the audit row is written with the state, and none when that changes nothing. Elsewhere it
  // has to be there first.
  if (context.rules->in_database())
    return act(reply);
  if (state.mode == rule_mode::enabled && is_enabled(book, id))
    return answer_set(book, id, {true, true, {}}, reply);
  act_audited(context, request, action_of(state.mode), id, rule_order_json(order), reply, act);
}

void require_history(const server_context& context) {
  if (!context.rules->in_database())
    throw error("not_found",
                "the rules of this server are those of a directory, which keeps no history; with "
                "rules.sync they are those of the database");
}

void list_changes(server_context& context, const http_request& request, http_reply reply) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  query_reader query(request.query);
  const auto since = static_cast<std::int64_t>(query.count("since_id", 0, largest).value_or(0));
  const auto limit = query.count("limit", 1, rule_page_limit).value_or(usual_rule_page);
  query.refuse_unknown();
  require_history(context);
  answer_from_store(context, std::move(reply), [since, limit](store& in, utc_time) {
    json_list page("changes");
    auto last = since;
    bool has_room = true;
    for (std::size_t left = limit; has_room && left > 0;) {
      const auto rows = read_rule_changes(in, last, std::min(left, changes_at_once));
      for (const auto& each : rows) {
        has_room = page.add_within(rule_page_bytes, rule_change_json(each));
        if (!has_room)
          break;
        last = each.id;
      }
      has_room = has_room && rows.size() == changes_at_once;
      left -= rows.size();
    }
    return json_response(std::move(page).finish("next_since_id", std::to_string(last)));
  });
}

void show_snapshot(server_context& context, const http_request& request, http_reply reply) {
  query_reader query(request.query);
  const auto after = query.text("after").value_or("");
  query.refuse_unknown();
  require_history(context);
  answer_from_store(context, std::move(reply), [after](store& in, utc_time) {
    const auto beginning = read_rule_beginning(in, after, rule_page_bytes);
    json_list all("rules");
    for (const auto& each : beginning.rules)
      all.add(rule_present_json(each));
    const auto next = beginning.is_whole ? "null" : text_of(beginning.rules.back().rule);
    return json_response(std::move(all).finish(
        "next_after", next + ",\"next_since_id\":" + std::to_string(beginning.last_change)));
  });
}

} // namespace

endpoints rule_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply));
    };
  };
  endpoints all{
      // There may be many of them.
      {"GET", "/api/v1/rules", access_role::read, with(list_rules), endpoint_pace::working},
      {"GET", "/api/v1/rules/{rule}", access_role::read, with(show_rule), endpoint_pace::working},
      {"PUT", "/api/v1/rules/{rule}/state", access_role::admin, with(set_rule_state), endpoint_pace::working},
      {"GET", "/api/v1/rule-changes", access_role::read, with(list_changes)},
      {"GET", "/api/v1/rule-snapshot", access_role::read, with(show_snapshot)},
  };
  for (auto& each : rule_file_endpoints(context))
    all.push_back(std::move(each));
  return all;
}

} // namespace sluice
