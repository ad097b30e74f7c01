#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <optional>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// All that a program holds of a flow, each thing to be let go when the test says so.
struct holdings {
  std::unique_ptr<flow_runtime> runtime = std::make_unique<flow_runtime>(runtime_options{2});
  std::optional<flow_builder> builder = flow_builder("held");
  std::optional<inlet<int>> numbers = builder->inlet<int>("numbers", 4);
  std::optional<outlet<int>> out = builder->outlet(*numbers, "out", 2);
  std::optional<flow> running = builder->start(*runtime);

  void let_go(int which) {
    if (which == 0)
      runtime.reset();
    else if (which == 1)
      builder.reset();
    else if (which == 2)
      numbers.reset();
    else if (which == 3)
      out.reset();
    else
      running.reset();
  }
};

/// Pushes until it is told that the flow has ended.
bool push_to_the_end(const inlet<int>& to) {
  push_result last = push_result::accepted;
  for (int i = 0; last == push_result::accepted; ++i)
    last = to.push(i, patience);
  return last == push_result::ended;
}

/// Pulls until nothing will come any more.
bool pull_to_the_end(const outlet<int>& from) {
  int next = 0;
  for (auto pulled = from.pull(patience); pulled; pulled = from.pull(patience))
    if (*pulled != next++)
      return false;
  return from.ended();
}

} // namespace

BOOST_AUTO_TEST_SUITE(destruction)

BOOST_AUTO_TEST_CASE(in_any_order_leaves_nobody_waiting) {
  std::array<int, 5> order{0, 1, 2, 3, 4};
  do {
    holdings held;
    auto pushing = std::async(std::launch::async, [to = *held.numbers] { return push_to_the_end(to); });
    auto pulling = std::async(std::launch::async, [from = *held.out] { return pull_to_the_end(from); });
    for (const auto which : order)
      held.let_go(which);
    BOOST_TEST(pushing.get());
    BOOST_TEST(pulling.get());
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(in_any_order_without_threads_outside_leaves_nothing_running) {
  std::array<int, 5> order{0, 1, 2, 3, 4};
  do {
    holdings held;
    BOOST_TEST(held.numbers->try_push(1));
    for (const auto which : order)
      held.let_go(which);
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(a_thread_that_made_the_runtime_and_a_flow_may_live_on) {
  std::promise<std::unique_ptr<flow_runtime>> made;
  std::promise<void> gone;
  auto other = std::async(std::launch::async, [&] {
    auto runtime = std::make_unique<flow_runtime>(runtime_options{1});
    flow_builder b("held");
    const auto numbers = b.inlet<int>("numbers");
    b.sink(numbers, "seen", [](int) {});
    (void)b.start(*runtime);
    made.set_value(std::move(runtime));
    return gone.get_future().wait_for(patience) == std::future_status::ready;
  });
  made.get_future().get().reset();
  gone.set_value();
  BOOST_TEST(other.get());
}

BOOST_AUTO_TEST_SUITE_END()
