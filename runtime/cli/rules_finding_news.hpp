#pragma once

#include "runtime/wire/rule_facts.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Finds out what has come to be wrong with rules, and what no longer is, from what was wrong at each look.
/// One thread.
class rules_finding_news {
public:
  struct changes {
    std::vector<rule_finding> found;
    std::vector<rule_finding> mended;
  };
  /// Takes what is wrong now, and returns how that differs from the last time; nothing in, nothing out. What
  /// a look does not show because there is too much of it counts as still wrong.
  changes take(const std::optional<told_findings>& now);

private:
  /// By all that they say.
  std::map<std::string, rule_finding> known_;
};

} // namespace sluice
