#include "actors/store/change_watcher.hpp"
#include "actors/store/store_writer.hpp"
#include "model/base/error.hpp"
#include "persistence/operations/lane_operations.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/store_actors_scene.hpp"

#include <atomic>
#include <csignal>
#include <future>

using namespace sluice;

namespace {

/// What a watcher has told, as text, in order.
class heard_news {
public:
  mailbox_of_test<std::string> told;

  /// Spawns a listener that answers events at once.
  caf::actor listen(actor_scene& in, const caf::actor& watcher, watch_wishes wishes, bool answers = true) {
    const auto listener = in.spawn([this, watcher, answers](test_actor* self) {
      return caf::behavior{
          [this](const commands_arrived& arrived) { hear(arrived); },
          [=, this](const events_arrived& arrived) {
            told.put(arrived.events.empty() ? "events" : "events " + std::to_string(arrived.events.size()));
            if (answers)
              send_outside(watcher, events_heard{self->me()});
          },
          [this](const store_moved&) { told.put("moved"); },
          [this](const watch_failed&) { told.put("failed"); },
          [this](const lanes_set& news) {
            for (const auto& each : news.lanes)
              told.put("lane " + each.lane.lane + (each.settings.enabled ? " on" : " off"));
          },
          self->ending(),
      };
    });
    send_outside(watcher, watch_store{listener, wishes});
    return listener;
  }

private:
  void hear(const commands_arrived& arrived) {
    if (arrived.commands.empty())
      told.put("commands");
    for (const auto& each : arrived.commands)
      told.put("command " + each.reason);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(change_watcher_actor)

BOOST_AUTO_TEST_CASE_TEMPLATE(new_commands_are_told_in_order, Place, store_places) {
  heard_news news;
  store_actors_scene<Place> scene;
  const auto run = numbered_id(1);
  scene.insert_run(run);
  scene.command(run, "before");
  news.listen(scene.actors, scene.stores.watcher(), {true, false, false});
  BOOST_TEST(news.told.take() == "commands");
  for (const auto* reason : {"a", "b", "c"})
    scene.command(run, reason);
  for (const auto* reason : {"a", "b", "c"})
    BOOST_TEST(news.told.take() == std::string("command ") + reason);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(own_commits_are_told_without_waiting_for_the_clock, Place, store_places) {
  heard_news news;
  store_actors_scene<Place> scene(std::chrono::hours{24});
  const auto run = numbered_id(1);
  scene.insert_run(run);
  news.listen(scene.actors, scene.stores.watcher(), {true, false, true});
  BOOST_TEST(news.told.take() == "commands");
  scene.command(run, "a");
  BOOST_TEST(news.told.take() == "command a");
  BOOST_TEST(news.told.take() == "moved");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_are_told_while_somebody_wants_them, Place, store_places) {
  heard_news news;
  heard_news second;
  store_actors_scene<Place> scene;
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.insert_run(run);
  scene.append(run, seq, 5);
  const auto listener = news.listen(scene.actors, scene.stores.watcher(), {false, true, false});
  BOOST_TEST(news.told.take() == "events");
  scene.append(run, seq, 2);
  BOOST_TEST(news.told.take() == "events 2");
  // Whoever comes second is told from where on, too.
  second.listen(scene.actors, scene.stores.watcher(), {false, true, false});
  BOOST_TEST(second.told.take() == "events");
  scene.append(run, seq, 3);
  BOOST_TEST(news.told.take() == "events 3");
  BOOST_TEST(second.told.take() == "events 3");
  send_outside(scene.stores.watcher(), watch_store{listener, {}});
  scene.append(run, seq, 4);
  BOOST_TEST(second.told.take() == "events 4");
  BOOST_TEST(news.told.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_wait_for_the_answer_to_the_last_ones, Place, store_places) {
  heard_news news;
  store_actors_scene<Place> scene;
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.insert_run(run);
  const auto listener = news.listen(scene.actors, scene.stores.watcher(), {true, true, false}, false);
  BOOST_TEST(news.told.take() == "commands");
  BOOST_TEST(news.told.take() == "events");
  scene.append(run, seq, 1);
  scene.append(run, seq, 1);
  // The look that has found the command has passed the events by.
  scene.command(run, "a");
  BOOST_TEST(news.told.take() == "command a");
  BOOST_TEST(news.told.empty());
  send_outside(scene.stores.watcher(), events_heard{listener});
  BOOST_TEST(news.told.take() == "events 2");
}

BOOST_AUTO_TEST_CASE(what_another_connection_commits_is_told) {
  heard_news news;
  store_actors_scene<in_file> scene;
  const auto run = numbered_id(1);
  scene.insert_run(run);
  news.listen(scene.actors, scene.stores.watcher(), {true, false, false});
  BOOST_TEST(news.told.take() == "commands");
  sqlite_store other({scene.place.path()}, utc_time{});
  store_transaction transaction(other);
  insert_command(other, run, "from elsewhere");
  transaction.commit();
  BOOST_TEST(news.told.take() == "command from elsewhere");
}

BOOST_AUTO_TEST_CASE(lanes_that_another_connection_sets_are_told_and_nothing_else_of_the_audit_log) {
  heard_news news;
  store_actors_scene<in_file> scene;
  scene.insert_run(numbered_id(1));
  news.listen(scene.actors, scene.stores.watcher(), {true, false, false, true});
  BOOST_TEST(news.told.take() == "commands");
  sqlite_store other({scene.place.path()}, utc_time{});
  store_transaction transaction(other);
  other.audit().append({0, {}, "bob", "run.cancel", "default/builds"});
  set_lane(other, {"default", "builds"}, {false, "night"}, "bob", {});
  transaction.commit();
  BOOST_TEST(news.told.take() == "lane builds off");
  store_transaction again(other);
  set_lane(other, {"default", "builds"}, {}, "bob", {});
  again.commit();
  BOOST_TEST(news.told.take() == "lane builds on");
}

BOOST_AUTO_TEST_CASE(what_another_process_commits_is_told) {
  heard_news news;
  in_file place;
  // Before there are threads. It waits for a signal, writes, and ends.
  forked_child other([&](const forked_child& self) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    self.tell();
    int which = 0;
    sigwait(&signals, &which);
    sqlite_store file({place.path()}, utc_time{});
    store_transaction transaction(file);
    insert_command(file, numbered_id(1), "from another process");
    transaction.commit();
    return 0;
  });
  other.await();
  actor_scene actors;
  store_actors_settings settings;
  settings.database = place.path();
  settings.clock = [] { return utc_time{}; };
  auto stores = open_store_actors(actors.system(), settings);
  stores.access()
      .write<bool>([](store& in, utc_time) {
        insert_bare_run(in, numbered_id(1));
        return true;
      })
      .get();
  news.listen(actors, stores.watcher(), {true, false, false});
  BOOST_TEST(news.told.take() == "commands");
  other.signal(SIGUSR1);
  BOOST_TEST(news.told.take() == "command from another process");
  BOOST_TEST(stores.stop(patience));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_comes_when_nobody_was_there_begins_at_the_present_end, Place,
                              store_places) {
  heard_news news;
  heard_news later;
  store_actors_scene<Place> scene;
  const auto run = numbered_id(1);
  scene.insert_run(run);
  const auto listener = news.listen(scene.actors, scene.stores.watcher(), {true, false, false});
  BOOST_TEST(news.told.take() == "commands");
  scene.command(run, "a");
  BOOST_TEST(news.told.take() == "command a");
  send_outside(scene.stores.watcher(), watch_store{listener, {}});
  later.listen(scene.actors, scene.stores.watcher(), {true, false, false});
  BOOST_TEST(later.told.take() == "commands");
  scene.command(run, "b");
  BOOST_TEST(later.told.take() == "command b");
  BOOST_TEST(news.told.empty());
}

BOOST_AUTO_TEST_CASE(a_look_that_fails_is_logged_once_and_tried_again) {
  std::atomic<int> looks = 0;
  heard_news news;
  actor_scene actors;
  writer_settings settings;
  settings.open = [&]() -> std::unique_ptr<store> {
    auto made = std::make_unique<scripted_store>();
    made->on_begin = [&] {
      if (++looks < 5)
        throw error("store_unavailable", "the disk is gone");
    };
    return made;
  };
  settings.clock = [] { return utc_time{}; };
  const auto writer = spawn_store_writer(actors.system(), settings);
  watcher_settings watching;
  watching.store = store_access(writer, writer);
  watching.writer = writer;
  watching.log = actors.log();
  watching.pause = std::chrono::milliseconds{1};
  watching.retry_pause = std::chrono::milliseconds{1};
  const auto watcher = spawn_change_watcher(actors.system(), watching);
  send_outside(watcher, begin_watching{});
  news.listen(actors, watcher, {true, false, false});
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(news.told.take() == "failed");
  BOOST_TEST(news.told.take() == "commands");
  BOOST_TEST(looks >= 5);
  BOOST_TEST(actors.logged.take() == "store_watch_failed: the disk is gone [store_unavailable]");
  BOOST_TEST(actors.logged.take() == "store_watch_recovered: it works again");
  send_urgent(watcher, stop_store{});
  send_urgent(writer, stop_store{});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(thousands_of_events_come_once_each_in_order, Place, store_places) {
  mailbox_of_test<std::vector<std::int64_t>> batches;
  store_actors_scene<Place> scene;
  const auto run = numbered_id(1);
  std::uint64_t seq = 0;
  scene.insert_run(run);
  const auto watcher = scene.stores.watcher();
  std::promise<void> ready;
  // It may still answer for the last events when this test has them.
  const auto listener = scene.actors.spawn([&batches, &ready, watcher](test_actor* self) {
    return caf::behavior{
        [&batches, &ready, watcher, self, told = false](const events_arrived& arrived) mutable {
          if (std::exchange(told, true))
            batches.put(ids_of(arrived.events));
          else
            ready.set_value();
          send_outside(watcher, events_heard{self->me()});
        },
        self->ending()};
  });
  send_outside(watcher, watch_store{listener, {false, true, false}});
  ready.get_future().wait();
  for (int i = 0; i < 20; ++i)
    scene.append(run, seq, 250);
  std::vector<std::int64_t> all;
  while (all.size() < 5'000) {
    const auto batch = batches.take();
    all.insert(all.end(), batch.begin(), batch.end());
  }
  BOOST_TEST(all == scene.event_ids(0), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
