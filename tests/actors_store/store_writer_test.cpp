#include "tests/actors_store/writer_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(store_writer_actor)

BOOST_AUTO_TEST_CASE(a_request_is_carried_out_and_answered) {
  writer_scene scene;
  scene.start();
  BOOST_TEST(scene.note("a").get() == "a");
  BOOST_TEST(scene.notes() == "a");
  BOOST_TEST(scene.openings == 1);
}

BOOST_AUTO_TEST_CASE(what_waits_while_it_is_busy_becomes_one_group) {
  writer_scene scene;
  scene.start();
  auto until = scene.hold();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 100; ++i)
    answers.push_back(scene.note(std::to_string(i)));
  until.set_value();
  for (auto& each : answers)
    each.get();
  BOOST_TEST(scene.settings.meters->groups == 2u);
  BOOST_TEST(scene.settings.meters->grouped_requests == 101u);
}

BOOST_AUTO_TEST_CASE(a_group_has_a_limit) {
  writer_scene scene;
  scene.settings.group_limit = 10;
  scene.start();
  auto until = scene.hold();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 100; ++i)
    answers.push_back(scene.note(std::to_string(i)));
  until.set_value();
  for (auto& each : answers)
    each.get();
  BOOST_TEST(scene.settings.meters->groups == 11u);
}

BOOST_AUTO_TEST_CASE(urgent_requests_overtake_what_waits) {
  writer_scene scene;
  scene.start();
  auto until = scene.hold();
  const auto send = [&](store_priority priority, const std::string& text) {
    auto ready = std::make_shared<std::promise<void>>();
    scene.access.write<bool>(
        priority,
        [text](store& to, utc_time) {
          write_note(to, text);
          return true;
        },
        [ready](const store_result<bool>&) { ready->set_value(); });
    return ready->get_future();
  };
  auto normal = send(store_priority::normal, "append");
  auto urgent = send(store_priority::urgent, "renew");
  until.set_value();
  normal.get();
  urgent.get();
  BOOST_TEST(scene.notes() == "renew append");
}

BOOST_AUTO_TEST_CASE(a_refused_request_leaves_its_neighbours_alone) {
  writer_scene scene;
  scene.start();
  auto until = scene.hold();
  auto before = scene.note("a");
  auto refused = scene.access.write<std::string>([](store& to, utc_time) -> std::string {
    write_note(to, "bad");
    throw error("not_found", "there is no such run");
  });
  auto after = scene.note("b");
  until.set_value();
  BOOST_TEST(code_of(before) == "ok");
  BOOST_TEST(code_of(refused) == "not_found");
  BOOST_TEST(code_of(after) == "ok");
  BOOST_TEST(scene.notes() == "a b");
}

BOOST_AUTO_TEST_CASE(while_the_store_cannot_be_opened_requests_fail_and_it_is_tried_again) {
  writer_scene scene;
  scene.on_open = [&] {
    if (scene.openings < 3)
      throw error("store_unavailable", "the folder is gone");
  };
  scene.start();
  for (int i = 0; i < 2; ++i) {
    auto answer = scene.note("a");
    BOOST_TEST(code_of(answer) == "store_unavailable");
  }
  auto answer = scene.note("b");
  BOOST_TEST(code_of(answer) == "ok");
  BOOST_TEST(scene.notes() == "b");
  BOOST_TEST(scene.openings == 3);
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_is_told_and_the_next_goes_on) {
  std::atomic<bool> full = true;
  writer_scene scene;
  scene.prepare = [&](scripted_store& made) {
    made.on_commit = [&] {
      if (full)
        throw error("store_full", "the disk is full");
    };
  };
  scene.start();
  auto first = scene.note("a");
  BOOST_TEST(code_of(first) == "store_full");
  full = false;
  auto second = scene.note("b");
  BOOST_TEST(code_of(second) == "ok");
  BOOST_TEST(scene.notes() == "b");
}

BOOST_AUTO_TEST_CASE(those_who_want_to_hear_of_changes_hear_of_commits_that_wrote) {
  mailbox_of_test<int> changes;
  writer_scene scene;
  scene.start();
  const auto listener = scene.actors.spawn([&](test_actor* self) {
    return caf::behavior{[&](const store_changed&) { changes.put(1); }, self->ending()};
  });
  send_urgent(scene.writer, hear_of_changes{listener});
  scene.note("a").get();
  changes.take();
  scene.notes();
  scene.note("b").get();
  changes.take();
  BOOST_TEST(scene.stop());
  BOOST_TEST(changes.empty());
}

BOOST_AUTO_TEST_CASE(an_idle_writer_tidies_up) {
  std::promise<void> tidied;
  writer_scene scene;
  scene.settings.idle_pause = std::chrono::milliseconds{1};
  scene.settings.tidy = [&, once = false](store&) mutable {
    if (!std::exchange(once, true))
      tidied.set_value();
  };
  scene.start();
  scene.note("a").get();
  BOOST_TEST((tidied.get_future().wait_for(patience) == std::future_status::ready));
}

BOOST_AUTO_TEST_CASE(trouble_in_tidying_up_is_logged_and_harms_nobody) {
  writer_scene scene;
  scene.settings.idle_pause = std::chrono::milliseconds{1};
  scene.settings.tidy = [](store&) { throw error("store_locked", "others write"); };
  scene.start();
  scene.note("a").get();
  BOOST_TEST(scene.actors.logged.take() == "store_not_tidied: others write");
  BOOST_TEST(scene.note("b").get() == "b");
}

BOOST_AUTO_TEST_CASE(a_message_that_it_does_not_know_leaves_nothing_behind_in_the_group) {
  writer_scene scene;
  scene.start();
  auto until = scene.hold();
  auto answer = scene.note("a");
  send_urgent(scene.writer, test_actor::end{});
  send_outside(scene.writer, test_actor::end{});
  until.set_value();
  BOOST_TEST(code_of(answer) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()
