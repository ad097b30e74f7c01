#pragma once

#include "runtime/cli/http_client.hpp"
#include "runtime/cli/rules_client.hpp"

namespace sluice {

/// The rules of a server, over HTTP. Besides what `rules_client` says, calls throw as `http_client` does. The
/// server notes who asks.
class http_rules_client final : public rules_client {
public:
  /// Connects at the first call.
  explicit http_rules_client(http_target target);

  bool knows_caller() const noexcept override { return true; }
  rule_listing list() override;
  rule_facts show(const std::string& rule) override;
  rule_facts set_state(const std::string& rule, const rule_order& order, const std::string& by) override;
  std::unique_ptr<rules_follower> follow(std::optional<std::int64_t> since) override;

  /// Has the server check files.
  rule_check validate(const std::vector<rule_file>& files);
  /// Has the server copy its directory into its database now.
  rule_copy sync();

private:
  http_client client_;
};

} // namespace sluice
