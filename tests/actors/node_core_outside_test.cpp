// A node and the outside that wakes it.

#include "model/node/wakeable.hpp"
#include "tests/support/node_bench.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Has given something away, until its test says that it is back.
class giving_node final : public node, public wakeable {
public:
  explicit giving_node(std::shared_ptr<bool> away, std::shared_ptr<int> woken = std::make_shared<int>(0))
      : away_(std::move(away)), woken_(std::move(woken)) {}
  void set_waker(node_waker) override {}
  void on_wake(node_context&) override { ++*woken_; }
  bool holds_end() noexcept override { return *away_; }

private:
  std::shared_ptr<bool> away_;
  std::shared_ptr<int> woken_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_node_and_its_outside)

BOOST_AUTO_TEST_CASE(a_call_from_outside_before_the_node_runs_is_not_lost) {
  node_bench bench(node_shape::sink());
  const auto away = std::make_shared<bool>(false);
  const auto woken = std::make_shared<int>(0);
  bench.plan.make = [=] { return std::make_unique<giving_node>(away, woken); };
  bench.open();
  BOOST_REQUIRE_EQUAL(bench.core->start(), "");
  bench.core->wake();
  BOOST_TEST(*woken == 0);
  bench.core->go();
  BOOST_TEST(*woken == 1);
}

BOOST_AUTO_TEST_CASE(the_end_waits_until_what_the_node_gave_away_is_back) {
  node_bench bench(node_shape::sink());
  const auto away = std::make_shared<bool>(true);
  bench.plan.make = [away] { return std::make_unique<giving_node>(away); };
  bench.start();
  bench.end(0);
  bench.core->wake();
  bench.run();
  BOOST_TEST(bench.told("ended") == 0U);
  *away = false;
  bench.core->wake();
  bench.run();
  BOOST_TEST(bench.told("ended") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
