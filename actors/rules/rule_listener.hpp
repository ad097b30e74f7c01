#pragma once

#include "model/base/error.hpp"
#include "persistence/rules/rule_store.hpp"

#include <functional>
#include <optional>

namespace sluice {

/// Hears each change to a rule, one call for each, in order, on the keeper's thread. Must return soon. One
/// that throws hears the next change all the same; if the change was somebody's `set_state`, that fails with
/// `publish_failed`.
using rule_listener = std::function<void(const rule_change& change)>;

/// What a `set_state` came to.
struct rule_state_answer {
  /// It is durable: true also when somebody could not be told of it.
  bool persisted = false;
  /// It is in force, and every listener has heard it.
  bool published = false;
  /// Set unless both are true: `bad_state` or the store's code (nothing has changed), or `publish_failed`
  /// (it is persisted).
  std::optional<error> failure = {};
};

} // namespace sluice
