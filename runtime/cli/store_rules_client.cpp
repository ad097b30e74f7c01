#include "runtime/cli/store_rules_client.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "model/rules/rule_reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

rule_facts look_up(const rule_snapshot& in, const std::string& rule, utc_time now) {
  const auto found = in.rules.find(rule);
  if (found != in.rules.end())
    return facts_of(rule, found->second, now);
  std::vector<std::string> known;
  for (const auto& [id, unused] : in.rules)
    known.push_back(id);
  throw error("not_found", fmt::format("there is no rule '{}'{}", rule.substr(0, 80), suggest(rule, known)));
}

rule_change_row row_of(const rule_change& change) {
  rule_change_row row;
  row.id = change.number;
  row.at = change.at;
  row.kind = change.what;
  row.rule = change.rule;
  row.by = change.by;
  if (change.definition)
    row.definition = write_rule(*change.definition);
  // What an expired state has said is not known here.
  if (change.what == rule_change_kind::state)
    row.state = change.state;
  return row;
}

class store_follower final : public rules_follower {
public:
  explicit store_follower(rule_store& store) : store_(store) {}

  std::vector<rule_present> begin() override {
    std::vector<rule_present> present;
    for (const auto& [id, seen] : store_.load().rules) {
      rule_present one{id};
      if (seen.definition)
        one.definition = write_rule(*seen.definition);
      one.state = seen.state;
      present.push_back(std::move(one));
    }
    return present;
  }
  std::vector<rule_change_row> changes() override {
    std::vector<rule_change_row> rows;
    for (const auto& each : store_.changes())
      rows.push_back(row_of(each));
    return rows;
  }
  std::optional<told_findings> findings() override { return told_findings{store_.findings_now(), 0}; }
  int descriptor() const noexcept override { return store_.descriptor(); }
  std::chrono::milliseconds interval() const noexcept override { return std::chrono::milliseconds{500}; }

private:
  rule_store& store_;
};

} // namespace

store_rules_client::store_rules_client(std::unique_ptr<rule_store> store, utc_clock clock,
                                       make_follower follower)
    : store_(std::move(store)), clock_(std::move(clock)), follower_(std::move(follower)) {}

rule_listing store_rules_client::list() {
  const auto now = clock_();
  auto snapshot = store_->load();
  rule_listing all;
  for (const auto& [id, seen] : snapshot.rules)
    all.rules.push_back(facts_of(id, seen, now));
  all.findings.shown = std::move(snapshot.findings);
  return all;
}

rule_facts store_rules_client::show(const std::string& rule) {
  return look_up(store_->load(), rule, clock_());
}

rule_facts store_rules_client::set_state(const std::string& rule, const rule_order& order,
                                         const std::string& by) {
  const auto now = clock_();
  auto facts = look_up(store_->load(), rule, now);
  const auto state = state_of(order, by, now);
  require_state(state, now);
  store_->set_state(rule, state, now);
  facts.state = store_->state(rule, now);
  return facts;
}

std::unique_ptr<rules_follower> store_rules_client::follow(std::optional<std::int64_t> since) {
  if (follower_)
    return follower_(since);
  if (since)
    throw error("no_history", "a directory keeps no history of its rules: leave out --since");
  return std::make_unique<store_follower>(*store_);
}

} // namespace sluice
