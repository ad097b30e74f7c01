#include "runtime/cli/rules_finding_news.hpp"

#include "runtime/wire/rules_json.hpp"

#include <utility>

namespace sluice {

rules_finding_news::changes rules_finding_news::take(const std::optional<told_findings>& now) {
  changes made;
  if (!now)
    return made;
  std::map<std::string, rule_finding> seen;
  for (const auto& each : now->shown)
    seen.emplace(rule_finding_json(each), each);
  for (const auto& [text, finding] : seen)
    if (known_.count(text) == 0)
      made.found.push_back(finding);
  if (now->more > 0) {
    known_.insert(seen.begin(), seen.end());
    return made;
  }
  for (const auto& [text, finding] : known_)
    if (seen.count(text) == 0)
      made.mended.push_back(finding);
  known_ = std::move(seen);
  return made;
}

} // namespace sluice
