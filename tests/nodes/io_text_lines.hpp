#pragma once

#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing {

/// Asks the source until it has emitted `count` lines; one that never does runs into the test's time limit.
inline std::vector<std::string> next_lines(node_harness& harness, std::size_t count) {
  std::vector<std::string> lines;
  while (lines.size() < count) {
    BOOST_TEST_REQUIRE((harness.produce() == produce_result::more));
    auto some = harness.texts();
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

inline void write_all(node_harness& harness, std::initializer_list<std::string_view> lines) {
  for (const auto line : lines)
    harness.feed(text_message(line));
}

} // namespace sluice::testing
