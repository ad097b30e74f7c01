#include "runtime/embed/host_actors.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/host_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <optional>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// What became of one request.
struct answer {
  std::uint64_t credit = 0;
  caf::error refused = {};
};
using answers = std::shared_ptr<gathering<answer>>;

/// Requests `Sent` and notes the answer.
template <class Sent>
void give(host_actor& self, const caf::actor& door, Sent value, const answers& heard,
          std::function<void()> then = {}) {
  self.request(door, caf::infinite, std::move(value))
      .then(
          [heard, then](const door_credit& credit) {
            heard->put({credit.messages, {}});
            if (then)
              then();
          },
          [heard](const caf::error& why) {
            heard->put({0, why});
          });
}

/// Gives `count` numbers from `first` on, each after the answer to the one before.
void give_in_turn(host_actor& self, caf::actor door, const answers& heard, int first, int count) {
  if (count > 0)
    give(self, door, first, heard,
         [&self, door, heard, first, count] { give_in_turn(self, door, heard, first + 1, count - 1); });
}

struct door_scene : embed_scene {
  host_scene host;
  answers heard = std::make_shared<gathering<answer>>();
  std::shared_ptr<std::vector<int>> seen = std::make_shared<std::vector<int>>();
  std::optional<inlet<int>> numbers;

  explicit door_scene(std::size_t capacity, std::size_t workers = 2) : host(false, workers) {
    numbers = b.inlet<int>("numbers", capacity);
    b.sink(*numbers, "seen", seen_by(seen));
  }
  caf::actor door() { return inlet_actor(host.system(), *numbers); }
  /// An actor that calls `begin` and then waits for its answers.
  caf::actor spawn(std::function<void(host_actor&)> begin) {
    return host.system().spawn<host_actor>([begin](host_actor& self) -> caf::behavior {
      begin(self);
      return {[](const std::string&) {}};
    });
  }
  std::size_t refused(door_refusal why) const {
    std::size_t count = 0;
    for (const auto& each : heard->values())
      count += each.refused == why;
    return count;
  }
};

std::vector<int> first_numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(actors_before_inlets)

BOOST_AUTO_TEST_CASE(whoever_waits_for_its_answers_is_never_refused) {
  door_scene scene(2);
  const auto door = scene.door();
  const auto feeder = scene.spawn([&](host_actor& self) { give_in_turn(self, door, scene.heard, 0, 2000); });
  const auto running = scene.start();
  BOOST_REQUIRE(scene.heard->wait_for(2000));
  scene.numbers->close();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  for (const auto& each : scene.heard->values())
    BOOST_TEST(!each.refused);
  BOOST_TEST(*scene.seen == first_numbers(2000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(several_that_wait_for_their_answers_all_get_through) {
  door_scene scene(1);
  const auto door = scene.door();
  std::vector<caf::actor> feeders;
  for (int i = 0; i < 4; ++i)
    feeders.push_back(
        scene.spawn([&, i](host_actor& self) { give_in_turn(self, door, scene.heard, 1000 * i, 300); }));
  const auto running = scene.start();
  BOOST_REQUIRE(scene.heard->wait_for(1200));
  scene.numbers->close();
  scene.fixture.finish(running);
  BOOST_TEST(scene.seen->size() == 1200U);
  BOOST_TEST(scene.refused(door_refusal::full) == 0U);
  std::vector<int> next{0, 1000, 2000, 3000};
  for (const auto number : *scene.seen)
    BOOST_TEST(number == next[static_cast<std::size_t>(number / 1000)]++);
}

BOOST_AUTO_TEST_CASE(a_vector_longer_than_the_inlet_goes_through_in_parts) {
  door_scene scene(3);
  const auto door = scene.door();
  const auto feeder =
      scene.spawn([&](host_actor& self) { give(self, door, first_numbers(100), scene.heard); });
  const auto running = scene.start();
  BOOST_REQUIRE(scene.heard->wait_for(1));
  BOOST_TEST(scene.heard->values().front().credit >= 1U);
  scene.numbers->close();
  scene.fixture.finish(running);
  BOOST_TEST(*scene.seen == first_numbers(100), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_answer_says_how_many_more_may_be_sent) {
  door_scene scene(8);
  const auto door = scene.door();
  const auto feeder = scene.spawn([&](host_actor& self) { give(self, door, first_numbers(3), scene.heard); });
  // The flow has not started: nothing leaves the inlet.
  BOOST_REQUIRE(scene.heard->wait_for(1));
  BOOST_TEST(scene.heard->values().front().credit == 5U);
}

BOOST_AUTO_TEST_CASE(whoever_sends_beyond_its_credit_is_refused_and_what_was_taken_arrives) {
  door_scene scene(3);
  const auto door = scene.door();
  // Before the start: three fill the inlet, and the answer to the third waits; three more wait for room.
  const auto feeder = scene.spawn([&](host_actor& self) {
    for (int i = 0; i < 10; ++i)
      give(self, door, i, scene.heard);
  });
  BOOST_REQUIRE(scene.heard->wait_for(6));
  BOOST_TEST(scene.refused(door_refusal::full) == 4U);
  const auto running = scene.start();
  BOOST_REQUIRE(scene.heard->wait_for(10));
  scene.numbers->close();
  scene.fixture.finish(running);
  BOOST_TEST(*scene.seen == first_numbers(6), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(when_the_flow_ends_whoever_waits_hears_of_it_and_the_actor_exits) {
  door_scene scene(2);
  const auto door = scene.door();
  const auto running = scene.start_paused();
  const auto downs = std::make_shared<gathering<caf::error>>();
  const auto feeder = scene.host.system().spawn<host_actor>([&](host_actor& self) -> caf::behavior {
    self.set_down_handler([downs](caf::scheduled_actor*, caf::down_msg& down) { downs->put(down.reason); });
    self.monitor(door);
    for (int i = 0; i < 4; ++i)
      give(self, door, i, scene.heard);
    return {[](const std::string&) {}};
  });
  // The first is answered; two is the room.
  BOOST_REQUIRE(scene.heard->wait_for(1));
  scene.fixture.await([&] { return scene.numbers->size() == 2; }, running);
  running.abort("enough");
  scene.fixture.finish(running);
  BOOST_REQUIRE(downs->wait_for(1));
  BOOST_TEST(!downs->values().front());
  BOOST_REQUIRE(scene.heard->wait_for(4));
  for (const auto& each : scene.heard->values())
    BOOST_TEST((!each.refused || each.refused == door_refusal::ended ||
                each.refused == caf::sec::request_receiver_down));
}

BOOST_AUTO_TEST_CASE(the_death_of_the_feeder_ends_the_source_after_what_was_taken) {
  door_scene scene(16);
  const auto door = scene.door();
  const auto running = scene.start();
  {
    const auto feeder = scene.host.system().spawn<host_actor>([&](host_actor& self) -> caf::behavior {
      give(self, door, first_numbers(5), scene.heard);
      return {[](int) { throw std::runtime_error("it fails"); }};
    });
    close_with(*scene.numbers, feeder);
    BOOST_REQUIRE(scene.heard->wait_for(1));
    caf::anon_send(feeder, 1);
  }
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(*scene.seen == first_numbers(5), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_feeder_sends_just_before_its_end_arrives) {
  // One worker: the feeder has gone before the inlet's actor sees what it sent.
  door_scene scene(16, 1);
  const auto door = scene.door();
  const auto running = scene.start();
  {
    const auto feeder = scene.host.system().spawn<host_actor>([&](host_actor& self) -> caf::behavior {
      return {[&self, &scene, door](int last) {
        give(self, door, last, scene.heard);
        self.quit();
      }};
    });
    close_with(door, feeder);
    caf::anon_send(feeder, 7);
  }
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(*scene.seen == std::vector<int>{7}, boost::test_tools::per_element());
  BOOST_TEST(scene.numbers->refused() == 0U);
}

BOOST_AUTO_TEST_CASE(what_found_no_room_before_the_feeder_went_arrives) {
  door_scene scene(2);
  const auto door = scene.door();
  const auto running = scene.start_paused();
  close_with(door, scene.spawn([&](host_actor& self) {
    give(self, door, first_numbers(10), scene.heard);
    self.quit();
  }));
  scene.fixture.await([&] { return scene.numbers->size() == 2; }, running);
  running.resume();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(*scene.seen == first_numbers(10), boost::test_tools::per_element());
  BOOST_TEST(scene.numbers->refused() == 0U);
}

BOOST_AUTO_TEST_CASE(after_the_end_of_the_feeder_others_are_refused_and_counted) {
  door_scene scene(2);
  const auto door = scene.door();
  const auto running = scene.start_paused();
  const auto gone = std::make_shared<gathering<bool>>();
  {
    const auto feeder = scene.spawn([&](host_actor& self) {
      give(self, door, first_numbers(3), scene.heard);
      self.quit();
    });
    feeder->attach_functor([gone] { gone->put(true); });
    BOOST_REQUIRE(gone->wait_for(1));
    close_with(door, feeder);
  }
  // Two are in the inlet, one waits for room.
  const auto late = scene.spawn([&](host_actor& self) { give(self, door, first_numbers(5), scene.heard); });
  BOOST_REQUIRE(scene.heard->wait_for(1));
  BOOST_TEST(scene.refused(door_refusal::ended) == 1U);
  BOOST_TEST(scene.numbers->refused() == 5U);
  running.resume();
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(*scene.seen == first_numbers(3), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_feeder_that_is_no_actor_is_refused) {
  door_scene scene(16);
  const auto bad_value = [](const error& failed) { return failed.code() == "bad_value"; };
  BOOST_CHECK_EXCEPTION(close_with(*scene.numbers, caf::actor()), error, bad_value);
  const auto door = scene.door();
  BOOST_CHECK_EXCEPTION(close_with(door, caf::actor()), error, bad_value);
  BOOST_CHECK_EXCEPTION(close_with(caf::actor(), door), error, bad_value);
}

BOOST_AUTO_TEST_CASE(two_actors_before_one_inlet_both_get_through_and_both_exit) {
  const auto downs = std::make_shared<gathering<caf::error>>();
  {
    door_scene scene(1);
    const std::vector<caf::actor> doors{scene.door(), scene.door()};
    std::vector<caf::actor> others;
    for (int i = 0; i < 2; ++i)
      others.push_back(scene.host.system().spawn<host_actor>([&, i](host_actor& self) -> caf::behavior {
        self.set_down_handler(
            [downs](caf::scheduled_actor*, caf::down_msg& down) { downs->put(down.reason); });
        const auto& door = doors[static_cast<std::size_t>(i)];
        self.monitor(door);
        give_in_turn(self, door, scene.heard, 1000 * i, 300);
        return {[](const std::string&) {}};
      }));
    const auto running = scene.start();
    BOOST_REQUIRE(scene.heard->wait_for(600));
    scene.numbers->close();
    scene.fixture.finish(running);
    BOOST_TEST(scene.seen->size() == 600U);
    BOOST_TEST(scene.numbers->refused() == 0U);
    BOOST_REQUIRE(downs->wait_for(2));
    // The destruction of the host's system would wait for an actor that did not hear of the end.
  }
  for (const auto& each : downs->values())
    BOOST_TEST(!each);
}

BOOST_AUTO_TEST_CASE(whoever_ends_the_actor_closes_the_inlet) {
  door_scene scene(16);
  const auto running = scene.start();
  caf::anon_send_exit(scene.door(), caf::exit_reason::kill);
  BOOST_TEST((scene.fixture.finish(running).outcome == flow_status::finished));
  BOOST_TEST(scene.numbers->ended());
}

BOOST_AUTO_TEST_CASE(an_inlet_that_was_never_used_lets_its_actor_go) {
  host_scene host;
  flow_builder b;
  const auto numbers = b.inlet<int>("numbers");
  (void)inlet_actor(host.system(), numbers);
  // Builder and inlet go before the host's system, which waits for the actor.
}

BOOST_AUTO_TEST_SUITE_END()
