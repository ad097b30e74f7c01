// Several processes with one directory of rules.

#include "tests/support/forked_child.hpp"
#include "tests/support/rule_store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using scene = rule_store_scene<rule_directory_backend>;

/// Runs `body(number)` in so many processes at once; returns how many came to their end.
template <class Body>
int in_processes(int count, Body body) {
  std::vector<std::unique_ptr<forked_child>> all;
  for (int i = 0; i < count; ++i)
    all.push_back(std::make_unique<forked_child>([&, i](forked_child&) {
      body(i);
      return 0;
    }));
  int ended = 0;
  for (const auto& each : all)
    ended += each->wait() == 0 ? 1 : 0;
  return ended;
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_rules_processes)

BOOST_AUTO_TEST_CASE(what_many_processes_say_is_heard_once_and_in_the_order_of_each) {
  scene place;
  auto ann = place.follow();
  const auto word = [&](int process, int number) {
    auto state = place.clipped(0.01 * number);
    state.by = std::to_string(process);
    return state;
  };
  constexpr int processes = 4;
  constexpr int words = 25;
  BOOST_TEST(in_processes(processes, [&](int process) {
               const auto rules = place.open();
               for (int i = 0; i < words; ++i)
                 rules->set_state("r" + std::to_string(i % 3), word(process, i), place.now);
             }) == processes);
  std::map<std::string, int> next;
  for (const auto& change : ann.listen()) {
    BOOST_REQUIRE((change.what == rule_change_kind::state));
    const int number = next[change.by]++;
    BOOST_TEST((change.state == word(std::stoi(change.by), number)));
  }
  BOOST_TEST(next.size() == std::size_t{processes});
  for (const auto& [process, heard] : next)
    BOOST_TEST(heard == words, process);
  BOOST_TEST(place.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(processes_that_take_back_the_same_states_do_so_once) {
  scene place;
  for (int i = 0; i < 40; ++i)
    place.say("r" + std::to_string(i), place.disabled(1s));
  auto ann = place.follow();
  place.now += 1s;
  BOOST_TEST(in_processes(4, [&](int) { place.open()->expire(place.now); }) == 4);
  std::map<std::string, int> heard;
  for (const auto& change : ann.listen()) {
    BOOST_TEST((change.what == rule_change_kind::expired));
    ++heard[change.rule];
  }
  BOOST_TEST(heard.size() == 40u);
  for (const auto& [rule, times] : heard)
    BOOST_TEST(times == 1, rule);
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_CASE(a_follower_that_looks_while_others_write_loses_nothing_and_repeats_nothing) {
  scene place;
  auto ann = place.follow();
  constexpr int edits = 200;
  forked_child author([&](forked_child& self) {
    for (int i = 1; i <= edits; ++i) {
      place.define(rule_called("a" + std::to_string(i % 7), std::to_string(i)));
      if (i % 5 == 0)
        place.remove("a" + std::to_string((i + 3) % 7));
      if (i % 3 == 0)
        place.say("a" + std::to_string(i % 7), place.clipped(0.001 * i));
      self.tell();
    }
    return 0;
  });
  std::size_t words = 0;
  const auto look = [&] {
    for (const auto& change : ann.rules->changes()) {
      const auto before = ann.view;
      apply_change(ann.view, change);
      BOOST_TEST(changes_between(before, ann.view, place.now).size() == 1u);
      words += change.what == rule_change_kind::state ? 1 : 0;
    }
  };
  for (int i = 1; i <= edits; ++i) {
    author.await();
    look();
  }
  BOOST_TEST(author.wait() == 0);
  look();
  BOOST_TEST(words == std::size_t{edits / 3});
  BOOST_TEST(ann.rules->take_findings().empty());
  BOOST_TEST(place.difference(ann.view) == "");
}

BOOST_AUTO_TEST_SUITE_END()
