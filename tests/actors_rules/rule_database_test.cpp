#include "tests/actors_rules/rule_process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <tuple>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

struct in_memory {
  static std::filesystem::path database(const scratch_folder&) { return {}; }
};
struct in_file {
  static std::filesystem::path database(const scratch_folder& folder) { return folder.path() / "runs.db"; }
};
using database_places = std::tuple<in_memory, in_file>;

bool is_no_database(const error& failure) {
  return failure.code() == "no_database";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_keepers_of_databases, rule_directory_scene)

BOOST_AUTO_TEST_CASE_TEMPLATE(rules_of_the_processs_database_are_kept_up_to_date, Place, database_places) {
  rule_directory_scene scene;
  rule_process process(Place::database(scene.folder));
  process.sync(view_of({make_rule("a", "aa")}));
  const auto book = process.keepers.open(rule_place::database());
  BOOST_TEST(matching(*book.in_force(), "aa").size() == 1);
  const auto following = book.subscribe(scene.listener());
  process.sync(view_of({make_rule("a", "aa"), make_rule("b", "bb")}));
  BOOST_TEST(scene.heard.take() == "defined b");
  process.sync(view_of({make_rule("b", "bb")}));
  BOOST_TEST(scene.heard.take() == "removed a");
  BOOST_TEST(matching(*book.in_force(), "aa bb").size() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_goes_through_the_processs_store_and_expires, Place, database_places) {
  rule_directory_scene scene;
  rule_process process(Place::database(scene.folder));
  process.sync(view_of({make_rule("a", "aa")}));
  const auto book = process.keepers.open(rule_place::database());
  const auto following = book.subscribe(scene.listener());
  auto state = disabled();
  // Still ahead when a slow machine comes to set it.
  state.expires_at =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) + 2s;
  const auto answer = book.set_state("a", state);
  BOOST_TEST(answer.published);
  BOOST_TEST(scene.heard.take() == "state a");
  BOOST_TEST(scene.heard.take() == "expired a");
  BOOST_TEST((book.state("a") == rule_state{}));
  BOOST_TEST(matching(*book.in_force(), "aa").size() == 1);
}

BOOST_AUTO_TEST_CASE(a_second_process_hears_what_the_first_says_and_does) {
  const auto database = in_file::database(folder);
  rule_process first(database);
  first.sync(view_of({make_rule("a", "aa")}));
  rule_process second(database);
  const auto mine = first.keepers.open(rule_place::database());
  const auto theirs = second.keepers.open(rule_place::database());
  const auto following = theirs.subscribe(listener());
  BOOST_TEST(mine.set_state("a", disabled()).published);
  BOOST_TEST(heard.take() == "state a");
  BOOST_TEST(matching(*theirs.in_force(), "aa").empty());
  first.sync({});
  BOOST_TEST(heard.take() == "removed a");
}

BOOST_AUTO_TEST_CASE(a_database_file_can_be_kept_without_a_runtime_of_runs) {
  const auto database = in_file::database(folder);
  rule_process process(database);
  process.sync(view_of({make_rule("a", "aa")}));
  rule_keepers others(rule_keepers_settings{log(), {}});
  const auto book = others.open(rule_place::database(database));
  const auto following = book.subscribe(listener());
  BOOST_TEST(following.from.size() == 1);
  process.sync(view_of({make_rule("a", "aa"), make_rule("b", "bb")}));
  BOOST_TEST(heard.take() == "defined b");
  BOOST_TEST(book.set_state("b", disabled()).persisted);
  BOOST_TEST((process.keepers.open(rule_place::database()).state("b").mode == rule_mode::disabled));
}

BOOST_AUTO_TEST_CASE(the_file_of_the_process_by_its_name_is_the_same_place) {
  const auto database = in_file::database(folder);
  rule_process process(database);
  const auto unnamed = process.keepers.open(rule_place::database());
  const auto named = process.keepers.open(rule_place::database(database));
  BOOST_TEST(unnamed.in_force().get() == named.in_force().get());
}

BOOST_AUTO_TEST_CASE(a_process_without_a_database_has_none_of_rules) {
  rule_keepers keepers(rule_keepers_settings{log(), {}});
  BOOST_CHECK_EXCEPTION((void)keepers.database(""), error, is_no_database);
  BOOST_CHECK_EXCEPTION((void)keepers.database((folder.path() / "none.db").string()), error,
                        [](const error& failure) { return failure.code() == "rules_unavailable"; });
  BOOST_TEST(!std::filesystem::exists(folder.path() / "none.db"));
}

BOOST_AUTO_TEST_CASE(keepers_end_with_the_use_of_their_database) {
  rule_process process({});
  process.sync(view_of({make_rule("a", "aa")}));
  const auto book = process.keepers.open(rule_place::database());
  process.use.reset();
  const auto answer = book.set_state("a", disabled());
  BOOST_TEST(!answer.persisted);
  BOOST_TEST(matching(*book.in_force(), "aa").size() == 1);
  BOOST_CHECK_EXCEPTION((void)process.keepers.database(""), error, is_no_database);
  process.use = process.keepers.use_database(process.runs);
  BOOST_TEST(process.keepers.open(rule_place::database()).set_state("a", disabled()).persisted);
}

BOOST_AUTO_TEST_SUITE_END()
