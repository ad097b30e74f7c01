#include "persistence/memory/memory_store.hpp"
#include "runtime/server/run_census.hpp"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <stdexcept>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A store that answers at once, by a clock that the test moves.
struct census_scene {
  std::size_t reads = 0;
  bool broken = false;
  /// How long a count takes.
  std::chrono::milliseconds cost{0};
  run_census::clock_type::time_point now{};
  memory_store store;
  run_census census{[this](const run_runtime::store_work& work, const run_runtime::work_ending& done) {
                      ++reads;
                      counting = true;
                      store.begin();
                      work(store, {});
                      store.roll_back();
                      done(broken ? std::make_exception_ptr(std::runtime_error("gone")) : nullptr);
                    },
                    [this] {
                      // Looked at before the count, and after it.
                      now += counting ? cost : 0ms;
                      return now;
                    }};
  bool counting = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(run_censuses)

BOOST_AUTO_TEST_CASE(who_asks_again_within_two_seconds_gets_the_same_count) {
  census_scene scene;
  BOOST_TEST(scene.census.counts().has_value());
  scene.now += 1999ms;
  BOOST_TEST(scene.census.counts().has_value());
  BOOST_TEST(scene.reads == 1u);
  scene.now += 1ms;
  BOOST_TEST(scene.census.counts().has_value());
  BOOST_TEST(scene.reads == 2u);
}

BOOST_AUTO_TEST_CASE(a_slow_count_is_made_more_rarely) {
  census_scene scene;
  scene.cost = 100ms;
  (void)scene.census.counts();
  scene.counting = false;
  scene.now += 9s;
  (void)scene.census.counts();
  BOOST_TEST(scene.reads == 1u);
  scene.now += 2s;
  (void)scene.census.counts();
  BOOST_TEST(scene.reads == 2u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_counted_is_not_known) {
  census_scene scene;
  (void)scene.census.counts();
  scene.broken = true;
  scene.now += 2s;
  BOOST_TEST(!scene.census.counts().has_value());
  scene.broken = false;
  scene.now += 2s;
  BOOST_TEST(scene.census.counts().has_value());
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_answer_is_asked_once_and_not_waited_for_long) {
  std::size_t reads = 0;
  run_census census([&reads](const run_runtime::store_work&, const run_runtime::work_ending&) { ++reads; });
  BOOST_TEST(!census.counts().has_value());
  BOOST_TEST(!census.counts().has_value());
  BOOST_TEST(reads == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
