#include "model/rules/rule_batch.hpp"

#include "model/rules/rule_reader.hpp"

namespace sluice {

std::vector<rule_reading> read_rules_in_turn(std::span<const std::string_view> texts) {
  std::vector<rule_reading> made(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    made[i].definition = read_rule(texts[i], made[i].wrong);
  return made;
}

} // namespace sluice
