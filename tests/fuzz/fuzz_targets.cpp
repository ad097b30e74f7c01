#include "tests/fuzz/fuzz_targets.hpp"

#include <array>

namespace sluice::fuzz {

std::span<const target> targets() {
  static constexpr std::array all{
      target{"http_request", feed_http_request},
      target{"json", feed_json},
      target{"jwt", feed_jwt},
      target{"sse", feed_sse},
      target{"step_graph", feed_step_graph},
      target{"yaml_graph", feed_yaml_graph},
      target{"rule", feed_rule},
      target{"expression", feed_expression},
  };
  return all;
}

} // namespace sluice::fuzz
