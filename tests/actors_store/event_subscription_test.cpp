#include "tests/actors_store/bus_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <stdexcept>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(event_subscription_of_a_function)

BOOST_AUTO_TEST_CASE_TEMPLATE(nothing_is_called_once_a_subscription_is_gone, Place, store_places) {
  bus_scene<Place> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  for (int i = 0; i < 20; ++i) {
    auto alive = std::make_shared<std::atomic<bool>>(true);
    std::promise<void> called;
    auto subscription =
        scene.subscribe(0, {}, [alive, &called, first = true](const std::vector<run_event>&) mutable {
          if (!*alive)
            std::abort();
          if (std::exchange(first, false))
            called.set_value();
        });
    scene.base.append(run, seq, 1);
    called.get_future().wait();
    scene.base.append(run, seq, 5);
    subscription.reset();
    *alive = false;
    BOOST_TEST(alive.use_count() == 1);
  }
}

BOOST_AUTO_TEST_CASE(a_listener_may_end_its_own_subscription) {
  std::unique_ptr<event_subscription> subscription;
  std::promise<void> called;
  std::mutex made;
  bus_scene<in_memory> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  {
    const std::lock_guard lock(made);
    subscription = scene.subscribe(0, {}, [&](const std::vector<run_event>&) {
      const std::lock_guard wait(made);
      subscription.reset();
      called.set_value();
    });
  }
  scene.base.append(run, seq, 1);
  BOOST_TEST((called.get_future().wait_for(patience) == std::future_status::ready));
  scene.base.append(run, seq, 1);
}

BOOST_AUTO_TEST_CASE(a_listener_that_throws_is_dropped_logged_and_counted) {
  event_queue got;
  std::atomic<int> calls = 0;
  bus_scene<in_memory> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  const auto bad = scene.subscribe(0, {}, [&](const std::vector<run_event>&) {
    ++calls;
    throw std::runtime_error("cannot take it");
  });
  const auto good = scene.subscribe(0, {}, got);
  scene.base.append(run, seq, 1);
  take_ids(got, 1);
  BOOST_TEST(scene.base.actors.logged.take() ==
             "event_listener_failed: a listener to events threw and is not called any more: cannot take it");
  scene.base.append(run, seq, 1);
  take_ids(got, 1);
  BOOST_TEST(calls == 1);
  BOOST_TEST(scene.settings.meters->dropped_listeners == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
