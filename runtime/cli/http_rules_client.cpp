#include "runtime/cli/http_rules_client.hpp"

#include "model/base/error.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/rules_json.hpp"
#include "runtime/wire/rules_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// What the server gives at a time.
constexpr const char* rules_page = "1000";
constexpr const char* changes_page = "1000";
/// Of so many looks at the changes, one asks for what is wrong, which takes the server more.
constexpr unsigned looks_for_findings = 4;

std::string rule_path(const std::string& rule, const char* part = "") {
  return "/api/v1/rules/" + url_encoded(rule) + part;
}

class http_follower final : public rules_follower {
public:
  http_follower(http_client& client, std::optional<std::int64_t> since)
      : client_(client), since_(since.value_or(0)) {}

  std::vector<rule_present> begin() override {
    std::vector<rule_present> present;
    std::string after;
    do {
      const auto answer = parse_answer(client_.ask({"GET", "/api/v1/rule-snapshot", {{"after", after}}}));
      for_each_item(answer, "rules",
                    [&present](const ordered_json& each) { present.push_back(read_rule_present(each)); });
      const answer_fields fields(answer, "answer");
      // Of what changes between two pages the changes tell once more.
      if (after.empty())
        since_ = fields.number("next_since_id");
      after = fields.optional_text("next_after").value_or("");
    } while (!after.empty());
    return present;
  }

  std::vector<rule_change_row> changes() override {
    const auto answer = parse_answer(
        client_.ask({"GET",
                     "/api/v1/rule-changes",
                     {{"since_id", std::to_string(since_)}, {"limit", std::string(changes_page)}}}));
    std::vector<rule_change_row> changes;
    for_each_item(answer, "changes",
                  [&changes](const ordered_json& each) { changes.push_back(read_rule_change(each)); });
    since_ = answer_fields(answer, "answer").number("next_since_id");
    return changes;
  }

  std::optional<told_findings> findings() override {
    if (looks_++ % looks_for_findings != 0)
      return std::nullopt;
    return read_findings_of(parse_answer(client_.ask({"GET", "/api/v1/rules", {{"limit", "1"}}})));
  }

  std::chrono::milliseconds interval() const noexcept override { return std::chrono::milliseconds{250}; }
  void interrupt() noexcept override { client_.interrupt(); }

private:
  http_client& client_;
  std::int64_t since_;
  unsigned looks_ = 0;
};

} // namespace

http_rules_client::http_rules_client(http_target target) : client_(std::move(target)) {}

rule_listing http_rules_client::list() {
  rule_listing all;
  std::string after;
  do {
    const auto answer =
        parse_answer(client_.ask({"GET", "/api/v1/rules", {{"after", after}, {"limit", rules_page}}}));
    for_each_item(answer, "rules",
                  [&all](const ordered_json& each) { all.rules.push_back(read_rule_facts(each)); });
    all.findings = read_findings_of(answer); // those of the last page are the newest
    after = answer_fields(answer, "answer").optional_text("next_after").value_or("");
  } while (!after.empty());
  return all;
}

rule_facts http_rules_client::show(const std::string& rule) {
  return read_rule_facts(parse_answer(client_.ask({"GET", rule_path(rule)})));
}

rule_facts http_rules_client::set_state(const std::string& rule, const rule_order& order,
                                        const std::string& by) {
  if (!by.empty())
    throw error("server_knows_caller",
                fmt::format("leave out --by '{}': the server writes down whose token it was", by));
  return read_rule_facts(
      parse_answer(client_.ask({"PUT", rule_path(rule, "/state"), {}, rule_order_json(order)})));
}

rule_check http_rules_client::validate(const std::vector<rule_file>& files) {
  return read_rule_check(
      parse_answer(client_.ask({"POST", "/api/v1/rules/validate", {}, rule_files_json(files)})));
}

rule_copy http_rules_client::sync() {
  return read_rule_copy(parse_answer(client_.ask({"POST", "/api/v1/rules/sync", {}, "{}", {}, true})));
}

std::unique_ptr<rules_follower> http_rules_client::follow(std::optional<std::int64_t> since) {
  return std::make_unique<http_follower>(client_, since);
}

} // namespace sluice
