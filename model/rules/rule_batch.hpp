#pragma once

#include "model/config/finding.hpp"
#include "model/rules/rule.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sluice {

/// What reading the text of one rule has come to.
struct rule_reading {
  /// None: one of the findings is an error.
  std::optional<rule> definition = {};
  findings wrong = {};
};

/// Reads texts as `read_rule` does, and returns what came of each, in their order. Whoever loads thousands of
/// rules may bring one that uses several threads (actors/rules/parallel_rules.hpp).
using rule_batch_reader = std::function<std::vector<rule_reading>(std::span<const std::string_view> texts)>;

/// Reads one text after the other, on the thread that calls. Never throws for what is in the texts.
std::vector<rule_reading> read_rules_in_turn(std::span<const std::string_view> texts);

} // namespace sluice
