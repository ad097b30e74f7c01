#pragma once

#include "persistence/store/rule_table.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Follows the changes of rules: first `begin`, then `changes` again and again. One thread. Throws as the
/// client that made it.
class rules_follower {
public:
  virtual ~rules_follower() = default;

  /// Returns the rules as they are; `changes` goes on from there. Not called when it begins with a number.
  virtual std::vector<rule_present> begin() = 0;
  /// Returns what has happened since, oldest first; nothing when there is nothing new.
  virtual std::vector<rule_change_row> changes() = 0;
  /// What is wrong with rules as of the last call; nothing: it was not asked, or nobody there knows.
  virtual std::optional<told_findings> findings() { return std::nullopt; }
  /// Readable when `changes` may have something to say; -1: ask every `interval`.
  virtual int descriptor() const noexcept { return -1; }
  virtual std::chrono::milliseconds interval() const noexcept = 0;
  /// Any thread: ends the call under way, which throws, and every later one, if they could take long.
  virtual void interrupt() noexcept {}
};

/// What the commands `sluice rules` need of whoever has the rules: a directory or a database here
/// (`store_rules_client`), a server elsewhere (`http_rules_client`). Each call throws `error`: `not_found`
/// for a rule that nobody knows, `bad_state`, and what the other side says. One thread.
class rules_client {
public:
  virtual ~rules_client() = default;

  /// True when the other side knows by itself who asks.
  virtual bool knows_caller() const noexcept { return false; }

  virtual rule_listing list() = 0;
  /// With its definition, if there is one.
  virtual rule_facts show(const std::string& rule) = 0;
  /// Returns the rule as it is then.
  virtual rule_facts set_state(const std::string& rule, const rule_order& order, const std::string& by) = 0;
  /// `since`: begins with the change after this number; none: with `begin`. Throws `error("no_history")`
  /// where changes are not kept. The client outlives the follower.
  virtual std::unique_ptr<rules_follower> follow(std::optional<std::int64_t> since) = 0;
};

} // namespace sluice
