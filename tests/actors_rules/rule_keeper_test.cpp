#include "actors/rules/rule_keeper.hpp"
#include "persistence/owners/host_clock.hpp"
#include "tests/actors_rules/keeping_scene.hpp"
#include "tests/support/actor_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <optional>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A keeper on a thread of its own, that nothing wakes but what a test names.
struct keeper_scene {
  /// What the keeper wants of a watcher: whether it is to hear of commits. No reference to it: its thread
  /// ends when nobody has one.
  mailbox_of_test<bool> wishes;
  actor_scene actors;
  scripted_rules place;
  mailbox_of_test<std::string> heard;
  rule_keeper_settings settings = make_settings();
  caf::actor keeper;
  actor_endings ending;

  ~keeper_scene() { end(); }

  rule_keeper_settings make_settings() {
    rule_keeper_settings made;
    made.open = [this] { return place.open_watched(); };
    made.clock = utc_now;
    made.log = actors.log();
    made.pause = made.short_pause = made.breath = 1h;
    return made;
  }

  void end() {
    if (!keeper)
      return;
    send_urgent(keeper, stop_keeper{});
    keeper = nullptr;
    BOOST_TEST(ending.wait_for(patience));
  }

  /// Runs `what` on the keeper's thread and waits for it.
  void ask(std::function<void(rule_keeping&)> what) {
    std::promise<void> done;
    send_urgent(keeper, keeper_task{std::make_shared<keeper_ticket>([&](rule_keeping* in) {
                  if (in != nullptr)
                    what(*in);
                  done.set_value();
                })});
    BOOST_REQUIRE((done.get_future().wait_for(patience) == std::future_status::ready));
  }

  void start() {
    keeper = spawn_rule_keeper(actors.system(), settings);
    ending.add(keeper);
    ask([&](rule_keeping& in) {
      in.load();
      in.follow(std::make_shared<rule_listener_gate>([&](const rule_change& change) {
        heard.put(std::string(to_string(change.what)) + " " + change.rule);
      }));
    });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_keeper_on_its_thread, keeper_scene)

BOOST_AUTO_TEST_CASE(it_takes_in_what_its_stores_descriptor_tells_of) {
  start();
  for (const auto* id : {"a", "b", "c"}) {
    place.define(make_rule(id, id));
    BOOST_TEST(heard.take() == std::string("defined ") + id);
  }
  BOOST_TEST(matching(*settings.in_force, "abc").size() == 3);
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_it_looks_by_the_clock) {
  settings.open = [this] { return place.open(); };
  settings.short_pause = 1ms;
  start();
  place.define(make_rule("a", "a"));
  BOOST_TEST(heard.take() == "defined a");
  place.define(make_rule("b", "b"));
  BOOST_TEST(heard.take() == "defined b");
}

BOOST_AUTO_TEST_CASE(a_state_expires_by_itself_when_its_time_has_come) {
  place.define(make_rule("a", "a"));
  start();
  utc_time end;
  bool published = false;
  ask([&](rule_keeping& in) {
    rule_state state{rule_mode::disabled, 1, "noisy", "ann"};
    // Far enough off to be in the future when it is looked at, however slow this thread is.
    end = utc_now() + 1s;
    state.expires_at = end;
    published = in.set_state("a", state).published;
  });
  BOOST_TEST(published);
  BOOST_TEST(heard.take() == "state a");
  BOOST_TEST(heard.take() == "expired a");
  BOOST_TEST((utc_now() >= end));
  BOOST_TEST(matching(*settings.in_force, "a").size() == 1);
  BOOST_TEST(place.count(change_kind::expired) == 1);
}

BOOST_AUTO_TEST_CASE(it_goes_on_when_its_store_works_again) {
  settings.short_pause = 1ms;
  start();
  place.fail_reading("store_locked");
  place.define(make_rule("a", "a"));
  while (actors.logged.take().find("rule_look_failed") == std::string::npos) {
  }
  BOOST_TEST(heard.empty());
  place.fail_reading("");
  BOOST_TEST(heard.take() == "defined a");
}

BOOST_AUTO_TEST_CASE(a_load_that_fails_can_be_told_and_nothing_looks_until_it_succeeds) {
  place.fail_reading("store_locked");
  keeper = spawn_rule_keeper(actors.system(), settings);
  ending.add(keeper);
  // Checked on this thread: Boost.Test's checks are not made for several.
  std::string refused;
  ask([&](rule_keeping& in) {
    try {
      in.load();
    } catch (const error& locked) {
      refused = locked.code();
    }
  });
  BOOST_TEST(refused == "store_locked");
  BOOST_TEST(place.looks() == 0);
}

BOOST_AUTO_TEST_CASE(a_task_for_a_keeper_that_has_ended_is_told_so) {
  start();
  const auto gone = keeper;
  end();
  std::optional<bool> ran;
  send_urgent(gone,
              keeper_task{std::make_shared<keeper_ticket>([&](rule_keeping* in) { ran = in != nullptr; })});
  BOOST_REQUIRE(ran.has_value());
  BOOST_TEST(!*ran);
}

BOOST_AUTO_TEST_CASE(its_end_leaves_no_thread_and_lets_go_of_what_its_store_needs) {
  settings.holding = std::make_shared<int>(1);
  const std::weak_ptr<void> held = settings.holding;
  start();
  settings.holding.reset();
  BOOST_TEST(!held.expired());
  end();
  BOOST_TEST(held.expired());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A keeper whose store has no descriptor, beside a watcher of commits that the test plays.
struct watched_scene : keeper_scene {
  watched_scene() {
    settings.watcher = actors.spawn([this](test_actor* self) {
      return caf::behavior{[this](const watch_store& wish) { wishes.put(wish.wants.moves); }, self->ending()};
    });
    settings.open = [this] { return place.open(); };
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_keeper_beside_a_database, watched_scene)

BOOST_AUTO_TEST_CASE(it_looks_when_something_was_committed) {
  settings.breath = 0ms;
  start();
  BOOST_TEST(wishes.take());
  place.define(make_rule("a", "a"));
  send_urgent(keeper, store_moved{});
  BOOST_TEST(heard.take() == "defined a");
}

BOOST_AUTO_TEST_CASE(a_flood_of_commits_is_one_look) {
  start();
  for (int i = 0; i < 1000; ++i)
    send_urgent(keeper, store_moved{});
  std::size_t looks = 0;
  ask([&](rule_keeping&) { looks = place.looks(); });
  // The load's own, the first after it, and at most one that the flood gave reason for.
  BOOST_TEST(looks <= 3);
}

BOOST_AUTO_TEST_CASE(it_says_goodbye_to_the_watcher) {
  start();
  BOOST_TEST(wishes.take());
  end();
  BOOST_TEST(!wishes.take());
}

BOOST_AUTO_TEST_SUITE_END()
