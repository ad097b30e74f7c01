#pragma once

#include "model/message/message.hpp"

#include <cstddef>
#include <memory>
#include <vector>

#include "bench/rules/fixed_rules.hpp"

namespace sluice::bench {

/// What one run of a flow came to.
struct flow_result {
  double seconds = 0;
  std::size_t tagged = 0;
  std::size_t untagged = 0;
};

/// Runs `source → rules → two sinks`, lossless edges and metrics as shipped, until `count` records are
/// through: `records` again and again.
flow_result run_rules_flow(const std::shared_ptr<fixed_rules>& places, const std::vector<message>& records,
                           std::size_t count);

} // namespace sluice::bench
