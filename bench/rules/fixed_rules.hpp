#pragma once

#include "model/rules/rules_in_force.hpp"

#include <memory>
#include <string>

namespace sluice::bench {

/// Rules that are put in force by hand.
class fixed_rules final : public rule_places {
public:
  std::shared_ptr<rules_in_force> directory(const std::string&) override { return in_force; }
  std::shared_ptr<rules_in_force> database(const std::string&) override { return in_force; }

  std::shared_ptr<rules_in_force> in_force = std::make_shared<rules_in_force>();
};

} // namespace sluice::bench
