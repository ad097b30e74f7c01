#include "actors/store/store_writer.hpp"
#include "model/base/error.hpp"
#include "tests/actors_store/bus_scene.hpp"
#include "tests/support/scripted_store.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(event_bus_actor)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_subscriber_gets_history_and_then_what_is_new, Place, store_places) {
  event_queue got;
  bus_scene<Place> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  scene.base.append(run, seq, 5);
  const auto subscription = scene.subscribe(0, {}, got);
  BOOST_TEST(take_ids(got, 5) == scene.base.event_ids(0), boost::test_tools::per_element());
  scene.base.append(run, seq, 2);
  scene.base.append(run, seq, 1);
  BOOST_TEST(take_ids(got, 3) == after(scene.base.event_ids(0), 5), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_subscriber_begins_where_it_wants, Place, store_places) {
  event_queue middle;
  event_queue end;
  bus_scene<Place> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  scene.base.append(run, seq, 6);
  const auto all = scene.base.event_ids(0);
  const auto first = scene.subscribe(all[2], {}, middle);
  const auto second = scene.subscribe(all[5], {}, end);
  BOOST_TEST(take_ids(middle, 3) == (id_list{all[3], all[4], all[5]}), boost::test_tools::per_element());
  scene.base.append(run, seq, 1);
  const auto last = scene.base.event_ids(all[5]);
  BOOST_TEST(take_ids(end, 1) == last, boost::test_tools::per_element());
  BOOST_TEST(take_ids(middle, 1) == last, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_subscriber_of_one_run_gets_no_other, Place, store_places) {
  event_queue got;
  bus_scene<Place> scene;
  scene.settings.limits = {3, 6};
  scene.start();
  const auto one = numbered_id(1);
  const auto other = numbered_id(2);
  std::uint64_t one_seq = 0;
  std::uint64_t other_seq = 0;
  scene.base.insert_run(one);
  scene.base.insert_run(other);
  for (int i = 0; i < 5; ++i) {
    scene.base.append(one, one_seq, 2);
    scene.base.append(other, other_seq, 1);
  }
  const auto subscription = scene.subscribe(scene.base.event_ids(0)[3], one, got);
  for (int i = 0; i < 5; ++i) {
    scene.base.append(other, other_seq, 1);
    scene.base.append(one, one_seq, 1);
  }
  std::uint64_t next = 4;
  while (next <= one_seq)
    for (const auto& event : got.take()) {
      BOOST_TEST((event.run == one));
      BOOST_TEST(event.seq == next);
      ++next;
    }
}

// Several threads append, and one subscriber begins at every few events, while they do and after.
BOOST_AUTO_TEST_CASE_TEMPLATE(from_any_id_under_appends_every_event_comes_once_in_order, Place,
                              store_places) {
  constexpr int writers = 3;
  constexpr int rounds = 60;
  constexpr std::size_t each = 10;
  constexpr std::size_t total = writers * rounds * each;
  struct follower {
    event_queue got;
    std::int64_t since = 0;
    std::unique_ptr<event_subscription> subscription;
  };
  std::vector<std::unique_ptr<follower>> followers;
  bus_scene<Place> scene;
  scene.settings.limits = {50, 120};
  scene.settings.window = 200;
  scene.start();
  for (int w = 0; w < writers; ++w)
    scene.base.insert_run(numbered_id(static_cast<std::uint8_t>(w + 1)));
  std::atomic<std::size_t> appended = 0;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      std::uint64_t seq = 0;
      for (int i = 0; i < rounds; ++i) {
        scene.base.append(numbered_id(static_cast<std::uint8_t>(w + 1)), seq, each);
        appended += each;
      }
    });
  const auto begin_at = [&](std::int64_t since) {
    followers.push_back(std::make_unique<follower>());
    followers.back()->since = since;
    followers.back()->subscription = scene.subscribe(since, {}, followers.back()->got);
  };
  for (int i = 0; i < 10; ++i) {
    begin_at(0);
    begin_at(static_cast<std::int64_t>(appended.load()));
    begin_at(static_cast<std::int64_t>(appended.load() / 2));
    while (appended < static_cast<std::size_t>(i) * total / 10)
      std::this_thread::yield();
  }
  for (auto& thread : threads)
    thread.join();
  const auto all = scene.base.event_ids(0);
  BOOST_TEST(all.size() == total);
  for (const auto& each_follower : followers) {
    const auto expected = after(all, each_follower->since);
    const auto got = take_ids(each_follower->got, expected.size());
    BOOST_TEST((got == expected),
               "from id " << each_follower->since << ": got " << got.size() << " of " << expected.size());
  }
  followers.clear();
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_slow_subscriber_holds_nobody_up_and_misses_nothing, Place, store_places) {
  constexpr std::size_t limit = 20;
  event_queue slow_got;
  event_queue fast_got;
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  std::atomic<bool> held = false;
  bus_scene<Place> scene;
  scene.settings.limits = {10, limit};
  scene.settings.window = 30;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  const auto slow = scene.subscribe(0, {}, [&](const std::vector<run_event>& events) {
    held = true;
    gate.wait();
    slow_got.put(events);
  });
  scene.base.append(run, seq, 1);
  while (!held)
    std::this_thread::yield();
  const auto fast = scene.subscribe(0, {}, fast_got);
  for (int i = 0; i < 30; ++i)
    scene.base.append(run, seq, 10);
  const auto all = scene.base.event_ids(0);
  BOOST_TEST(take_ids(fast_got, all.size()) == all, boost::test_tools::per_element());
  // What was handed to the slow one is bounded, though 301 are there.
  BOOST_TEST(scene.settings.meters->delivered <= all.size() + limit);
  go_on.set_value();
  BOOST_TEST(take_ids(slow_got, all.size()) == all, boost::test_tools::per_element());
  BOOST_TEST(scene.settings.meters->history_pages > 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_bus_without_subscribers_does_not_follow_events, Place, store_places) {
  event_queue got;
  bus_scene<Place> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  for (int i = 0; i < 3; ++i) {
    const auto since = scene.base.event_ids(0).empty() ? 0 : scene.base.event_ids(0).back();
    const auto subscription = scene.subscribe(since, {}, got);
    scene.base.append(run, seq, 2);
    BOOST_TEST(take_ids(got, 2) == scene.base.event_ids(since), boost::test_tools::per_element());
  }
  while (scene.settings.meters->subscribers != 0)
    std::this_thread::yield();
  const auto delivered = scene.settings.meters->delivered.load();
  scene.base.append(run, seq, 2);
  BOOST_TEST(scene.stop());
  BOOST_TEST(scene.settings.meters->delivered == delivered);
}

BOOST_AUTO_TEST_CASE(an_actor_that_unsubscribes_is_told_that_nothing_more_comes) {
  mailbox_of_test<std::string> told;
  bus_scene<in_memory> scene;
  scene.start();
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.base.insert_run(run);
  const auto subscriber = scene.base.actors.spawn([&](test_actor* self) {
    return caf::behavior{[&](const next_events& next) { told.put(std::to_string(next.events.size())); },
                         [&](const events_ended&) { told.put("ended"); }, self->ending()};
  });
  send_outside(scene.bus, subscribe_events{subscriber, 0, {}});
  scene.base.append(run, seq, 3);
  BOOST_TEST(told.take() == "3");
  send_outside(scene.bus, unsubscribe_events{subscriber});
  BOOST_TEST(told.take() == "ended");
  scene.base.append(run, seq, 3);
  // Also one who has not subscribed: it learns that nothing comes.
  send_outside(scene.bus, unsubscribe_events{subscriber});
  BOOST_TEST(told.take() == "ended");
}

BOOST_AUTO_TEST_CASE(a_bus_that_stops_tells_its_subscribers) {
  mailbox_of_test<std::string> told;
  bus_scene<in_memory> scene;
  scene.start();
  const auto subscriber = scene.base.actors.spawn([&](test_actor* self) {
    return caf::behavior{[&](const events_ended&) { told.put("ended"); }, self->ending()};
  });
  send_outside(scene.bus, subscribe_events{subscriber, 0, {}});
  const auto subscription = scene.subscribe(0, {}, [](const std::vector<run_event>&) {});
  BOOST_TEST(scene.stop());
  BOOST_TEST(told.take() == "ended");
  BOOST_TEST(scene.settings.meters->subscribers == 0u);
}

BOOST_AUTO_TEST_CASE(history_that_cannot_be_read_is_tried_again) {
  std::atomic<int> begins = 0;
  event_queue got;
  actor_scene actors;
  writer_settings writing;
  writing.open = [&]() -> std::unique_ptr<store> {
    auto made = std::make_unique<scripted_store>();
    // The first request fills the store; the next ones are the reading of history.
    made->on_begin = [&] {
      if (++begins >= 2 && begins < 5)
        throw error("store_unavailable", "the disk is gone");
    };
    return made;
  };
  writing.clock = [] { return utc_time{}; };
  const auto writer = spawn_store_writer(actors.system(), writing);
  const store_access access(writer, writer);
  access
      .write<bool>([](store& in, utc_time) {
        std::uint64_t seq = 0;
        insert_bare_run(in, numbered_id(1));
        append_events(in, numbered_id(1), seq, 3);
        return true;
      })
      .get();
  event_bus_settings settings;
  settings.store = access;
  settings.log = actors.log();
  settings.retry_pause = std::chrono::milliseconds{1};
  const auto bus = spawn_event_bus(actors.system(), settings);
  event_subscription_settings wanted;
  wanted.bus = bus;
  wanted.listener = [&](const std::vector<run_event>& events) { got.put(events); };
  {
    const event_subscription subscription(actors.system(), std::move(wanted));
    BOOST_TEST(take_ids(got, 3).size() == 3u);
  }
  BOOST_TEST(settings.meters->history_failures == 3u);
  BOOST_TEST(actors.logged.take() == "event_history_failed: the disk is gone [store_unavailable]");
  BOOST_TEST(actors.logged.take() == "event_history_recovered: it works again");
  send_outside(bus, stop_event_bus{});
  send_urgent(writer, stop_store{});
}

BOOST_AUTO_TEST_SUITE_END()
