#pragma once

#include "model/rules/rule.hpp"
#include "model/rules/rule_state.hpp"

#include <map>
#include <memory>
#include <string>

namespace sluice {

/// A rule as somebody sees it who has loaded the rules and followed every change: definitions are shared,
/// states are as they were said (ask `effective`).
struct viewed_rule {
  std::shared_ptr<const rule> definition;
  rule_state state;
};
/// By id.
using rule_view = std::map<std::string, viewed_rule>;

} // namespace sluice
