#pragma once

#include "persistence/rules/rule_store.hpp"
#include "runtime/cli/rules_client.hpp"

#include <functional>
#include <memory>

namespace sluice {

/// The rules of a store that this process has opened by itself.
class store_rules_client final : public rules_client {
public:
  using utc_clock = std::function<utc_time()>;
  using make_follower = std::function<std::unique_ptr<rules_follower>(std::optional<std::int64_t> since)>;

  /// @param follower makes followers of another kind than those that ask the store itself, which know no
  /// past.
  store_rules_client(std::unique_ptr<rule_store> store, utc_clock clock, make_follower follower = {});

  rule_listing list() override;
  rule_facts show(const std::string& rule) override;
  rule_facts set_state(const std::string& rule, const rule_order& order, const std::string& by) override;
  std::unique_ptr<rules_follower> follow(std::optional<std::int64_t> since) override;

private:
  std::unique_ptr<rule_store> store_;
  utc_clock clock_;
  make_follower follower_;
};

} // namespace sluice
