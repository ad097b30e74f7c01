#pragma once

#include "model/base/error.hpp"
#include "runtime/cli/rules_client.hpp"

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sluice {

/// A `rules_client` that answers what a test has laid down and keeps what it was asked.
class scripted_rules_client final : public rules_client {
public:
  /// What a follower gets, call by call: changes, or trouble; then nothing.
  using answer = std::variant<std::vector<rule_change_row>, std::exception_ptr>;

  bool is_server = false;
  rule_listing all;
  std::vector<rule_present> present;
  std::deque<answer> to_come;
  /// What is wrong at each look, and trouble with finding that out; then nobody knows.
  std::deque<std::variant<std::optional<told_findings>, std::exception_ptr>> wrong;
  std::optional<rule_order> ordered;
  std::string ordered_by;
  std::optional<std::int64_t> followed_since;
  bool began = false;

  bool knows_caller() const noexcept override { return is_server; }
  rule_listing list() override { return all; }
  rule_facts show(const std::string& rule) override {
    for (const auto& each : all.rules)
      if (each.id == rule)
        return each;
    throw error("not_found", "there is no rule '" + rule + "'");
  }
  rule_facts set_state(const std::string& rule, const rule_order& order, const std::string& by) override {
    ordered = order;
    ordered_by = by;
    return show(rule);
  }
  std::unique_ptr<rules_follower> follow(std::optional<std::int64_t> since) override {
    followed_since = since;
    return std::make_unique<follower>(*this);
  }

private:
  class follower final : public rules_follower {
  public:
    explicit follower(scripted_rules_client& client) : client_(client) {}
    std::vector<rule_present> begin() override {
      client_.began = true;
      return client_.present;
    }
    std::vector<rule_change_row> changes() override {
      if (client_.to_come.empty())
        return {};
      auto next = std::move(client_.to_come.front());
      client_.to_come.pop_front();
      if (const auto* const trouble = std::get_if<std::exception_ptr>(&next))
        std::rethrow_exception(*trouble);
      return std::get<std::vector<rule_change_row>>(std::move(next));
    }
    std::optional<told_findings> findings() override {
      if (client_.wrong.empty())
        return std::nullopt;
      auto next = std::move(client_.wrong.front());
      client_.wrong.pop_front();
      if (const auto* const trouble = std::get_if<std::exception_ptr>(&next))
        std::rethrow_exception(*trouble);
      return std::get<std::optional<told_findings>>(std::move(next));
    }
    std::chrono::milliseconds interval() const noexcept override { return std::chrono::milliseconds{1}; }

  private:
    scripted_rules_client& client_;
  };
};

} // namespace sluice
