#include "model/rules/rule.hpp"

#include "model/rules/rule_reader.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

namespace sluice::fuzz {

/// The YAML text of an operator's rule.
void feed_rule(std::string_view input) {
  findings found;
  const auto read = read_rule(input, found);
  require(read.has_value() != has_errors(found), "a rule, or what is wrong with it");
  if (!read)
    return;
  findings again;
  const auto same = read_rule(write_rule(*read), again);
  require(same && *same == *read, "a rule survives being written and read");
}

} // namespace sluice::fuzz
