#include "runtime/server/rule_endpoints.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/flow_orders.hpp"
#include "runtime/server/json_list.hpp"
#include "runtime/server/rule_history.hpp"
#include "runtime/server/rule_order_request.hpp"
#include "runtime/server/server_rules.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/wire/rules_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <limits>
#include <optional>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t usual_rule_page = 100;
constexpr std::size_t rule_page_limit = 1'000;

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
    page.add(rule_json(facts_of(book, next->first, next->second)));
    last = next->first;
  }
  auto body = std::move(page).finish("next_after", next == all.end() ? "null" : text_of(last));
  body.pop_back();
  json_list wrong("findings");
  for (const auto& each : context.rules->findings())
    wrong.add(rule_finding_json(each));
  reply(json_response(body + ',' + std::move(wrong).finish().substr(1)));
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
  // In the database the audit row is written with the state.
  if (context.rules->in_database())
    act(reply);
  else
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
    const auto rows = read_rule_changes(in, since, limit);
    json_list page("changes");
    for (const auto& each : rows)
      page.add(rule_change_json(each));
    return json_response(
        std::move(page).finish("next_since_id", std::to_string(rows.empty() ? since : rows.back().id)));
  });
}

void show_snapshot(server_context& context, const http_request& request, http_reply reply) {
  query_reader(request.query).refuse_unknown();
  require_history(context);
  answer_from_store(context, std::move(reply), [](store& in, utc_time) {
    const auto beginning = read_rule_beginning(in);
    json_list all("rules");
    for (const auto& each : beginning.rules)
      all.add(rule_present_json(each));
    return json_response(std::move(all).finish("next_since_id", std::to_string(beginning.last_change)));
  });
}

} // namespace

endpoints rule_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply));
    };
  };
  return {
      // There may be many of them.
      {"GET", "/api/v1/rules", access_role::read, with(list_rules), endpoint_pace::working},
      {"GET", "/api/v1/rules/{rule}", access_role::read, with(show_rule), endpoint_pace::working},
      {"PUT", "/api/v1/rules/{rule}/state", access_role::admin, with(set_rule_state), endpoint_pace::working},
      {"GET", "/api/v1/rule-changes", access_role::read, with(list_changes)},
      {"GET", "/api/v1/rule-snapshot", access_role::read, with(show_snapshot)},
  };
}

} // namespace sluice
