#include "actors/runs/run_scheduler.hpp"
#include "actors/store/store_actors.hpp"
#include "model/base/error.hpp"
#include "tests/support/actor_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <string>

using namespace sluice;

namespace {

/// A scheduler over a store in memory that nobody watches: its test says what the watcher says.
struct scheduler_scene {
  actor_scene actors;
  store_actors stores = open_store_actors(actors.system(), settings());
  std::shared_ptr<run_surroundings> around = std::make_shared<run_surroundings>();
  caf::actor scheduler;

  scheduler_scene() {
    around->store = stores.access();
    around->owner = {"boot", 1, 2, 3};
    around->clock = {[] { return utc_time{}; }, [] { return boot_instant{"boot", std::chrono::hours{1}}; }};
    around->log = actors.log();
    scheduler = actors.system().spawn<run_scheduler>(around, caf::actor{});
  }
  ~scheduler_scene() {
    send_urgent(scheduler, end_actor{});
    BOOST_TEST(stores.stop(patience));
  }

  static store_actors_settings settings() {
    store_actors_settings made;
    made.clock = [] { return utc_time{}; };
    return made;
  }
  std::future<tick_report> tick() {
    auto promise = std::make_shared<std::promise<tick_report>>();
    send_urgent(scheduler, tick_order{{"default", "default"}, [promise](tick_report report) {
                                        promise->set_value(std::move(report));
                                      }});
    return promise->get_future();
  }
  void a_look_of_the_watcher_fails() {
    send_urgent(scheduler,
                watch_failed{std::make_exception_ptr(error("store_unavailable", "the disk is gone"))});
  }
  void the_watcher_begins() { send_urgent(scheduler, commands_arrived{}); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(run_schedulers, scheduler_scene)

BOOST_AUTO_TEST_CASE(a_tick_before_commands_are_heard_fails_with_the_watchers_failure) {
  auto report = tick();
  a_look_of_the_watcher_fails();
  BOOST_REQUIRE((report.wait_for(patience) == std::future_status::ready));
  const auto found = report.get();
  BOOST_TEST((found.outcome == tick_outcome::error));
  BOOST_TEST(found.error_code == "store_unavailable");
  BOOST_TEST(found.error_text == "the disk is gone");
  BOOST_TEST(around->meters->claims_with(tick_outcome::error) == 1u);
}

BOOST_AUTO_TEST_CASE(a_tick_works_once_commands_are_heard) {
  a_look_of_the_watcher_fails();
  auto report = tick();
  the_watcher_begins();
  BOOST_REQUIRE((report.wait_for(patience) == std::future_status::ready));
  BOOST_TEST((report.get().outcome == tick_outcome::idle_no_runs));
}

BOOST_AUTO_TEST_CASE(a_worker_until_idle_that_never_hears_of_commands_ends_with_the_failure) {
  auto promise = std::make_shared<std::promise<worker_report>>();
  worker_options options;
  options.until_idle = true;
  send_urgent(scheduler, start_worker_order{options, [promise](worker_report report) {
                                              promise->set_value(std::move(report));
                                            }});
  for (int i = 0; i < 10; ++i)
    a_look_of_the_watcher_fails();
  auto report = promise->get_future();
  BOOST_REQUIRE((report.wait_for(patience) == std::future_status::ready));
  const auto found = report.get();
  BOOST_TEST((found.last == tick_outcome::error));
  BOOST_TEST(found.error_code == "store_unavailable");
  BOOST_TEST(actors.logged.take() == "claim_failed: the disk is gone [store_unavailable]; it is tried again");
}

BOOST_AUTO_TEST_SUITE_END()
