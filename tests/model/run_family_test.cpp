#include "model/run/run_family.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace sluice;

namespace {

uuid id(std::uint8_t number) {
  uuid result;
  result.bytes[15] = number;
  return result;
}

run_relation child(std::uint8_t number, std::uint8_t parent, run_status status = run_status::running) {
  return {id(number), id(parent), {}, status};
}

std::vector<int> cascade(const std::vector<run_relation>& runs) {
  std::vector<int> numbers;
  for (const auto& each : cancel_cascade(id(1), runs))
    numbers.push_back(each.bytes[15]);
  return numbers;
}

using numbers = std::vector<int>;

} // namespace

BOOST_AUTO_TEST_SUITE(run_families)

BOOST_AUTO_TEST_CASE(children_and_their_children_are_cancelled) {
  BOOST_TEST((cascade({child(4, 2), child(3, 1), child(2, 1), child(5, 4)}) == numbers{2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(a_retry_is_not_a_child) {
  run_relation retry{id(2), {}, id(1)};
  BOOST_TEST(cascade({retry}).empty());
}

BOOST_AUTO_TEST_CASE(parents_and_strangers_are_left_alone) {
  BOOST_TEST(cascade({child(1, 9), {id(9)}, child(8, 9), {id(7)}}).empty());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_over_passes_the_cancel_on) {
  for (const auto status : all_run_statuses()) {
    const bool told = !is_terminal(status) && status != run_status::cancelling;
    BOOST_TEST((cascade({child(2, 1, status), child(3, 2)}) == (told ? numbers{2, 3} : numbers{3})),
               to_string(status));
  }
}

BOOST_AUTO_TEST_CASE(a_circle_of_parents_ends) {
  BOOST_TEST((cascade({child(1, 2), child(2, 1)}) == numbers{2}));
}

BOOST_AUTO_TEST_SUITE_END()
