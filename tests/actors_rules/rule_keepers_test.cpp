#include "metrics/rule_exposition.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/rules/directory_rules.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "tests/actors_rules/rule_directory_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <future>
#include <iterator>
#include <optional>
#include <thread>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

std::size_t threads_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

struct keepers_scene : rule_directory_scene {
  std::optional<rule_keepers> keepers{std::in_place, rule_keepers_settings{log(), {}}};

  rule_book open() { return keepers->open(rule_place::directory(rules)); }
};

bool is_unavailable(const error& failure) {
  return failure.code() == "rules_unavailable";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_keepers_of_directories, keepers_scene)

BOOST_AUTO_TEST_CASE(the_rules_of_a_directory_are_loaded_when_it_is_opened) {
  write("wget", "wget");
  const auto book = open();
  BOOST_TEST(book.list().size() == 1);
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  BOOST_REQUIRE(book.find("wget").has_value());
  BOOST_TEST(book.find("wget")->definition->pattern == "wget");
  BOOST_TEST(book.find("wget")->hits == 1);
  BOOST_TEST(!book.find("curl").has_value());
  BOOST_TEST(to_string(book.place()) == "directory " + rules.string());
}

BOOST_AUTO_TEST_CASE(one_directory_has_one_keeper_however_it_is_spelled) {
  const auto one = keepers->directory(rules.string());
  const auto other = keepers->directory((folder.path() / "." / "rules" / "").string());
  BOOST_TEST(one.get() == other.get());
  BOOST_TEST(keepers->books().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_can_be_opened_when_it_is) {
  const auto missing = rule_place::directory(folder.path() / "later");
  BOOST_CHECK_EXCEPTION((void)keepers->open(missing), error, is_unavailable);
  BOOST_TEST(keepers->books().empty());
  std::filesystem::create_directory(missing.path);
  BOOST_TEST(keepers->open(missing).list().empty());
}

BOOST_AUTO_TEST_CASE(edits_are_heard_and_in_force_while_it_is_held) {
  const auto book = open();
  const auto following = book.subscribe(listener());
  BOOST_TEST(following.from.empty());
  write("wget", "wget");
  BOOST_TEST(heard.take() == "defined wget");
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  std::filesystem::remove(rules / "wget.yaml");
  BOOST_TEST(heard.take() == "removed wget");
  BOOST_TEST(matching(*book.in_force(), "wget x").empty());
}

BOOST_AUTO_TEST_CASE(a_subscription_that_is_gone_hears_nothing) {
  const auto book = open();
  mailbox_of_test<std::string> first;
  auto gone = book.subscribe([&](const rule_change& change) { first.put(change.rule); });
  const auto stays = book.subscribe(listener());
  gone.subscription.reset();
  write("wget", "wget");
  BOOST_TEST(heard.take() == "defined wget");
  BOOST_TEST(first.empty());
}

BOOST_AUTO_TEST_CASE(a_state_is_in_the_directory_when_the_answer_comes) {
  write("wget", "wget");
  const auto book = open();
  const auto answer = book.set_state("wget", disabled());
  BOOST_TEST(answer.persisted);
  BOOST_TEST(answer.published);
  BOOST_TEST((book.find("wget")->state.mode == rule_mode::disabled));
  BOOST_TEST((book.state("wget").reason == "noisy"));
  BOOST_TEST(matching(*book.in_force(), "wget x").empty());
  const auto fresh = open_rule_directory(rules, utc_now, log());
  BOOST_TEST((fresh->state("wget", utc_now()).mode == rule_mode::disabled));
}

BOOST_AUTO_TEST_CASE(a_state_can_be_set_without_waiting) {
  write("wget", "wget");
  const auto book = open();
  std::promise<rule_state_answer> promise;
  book.set_state_async("wget", disabled(),
                       [&](rule_state_answer made) { promise.set_value(std::move(made)); });
  auto answer = promise.get_future();
  BOOST_REQUIRE((answer.wait_for(patience) == std::future_status::ready));
  BOOST_TEST(answer.get().published);
}

BOOST_AUTO_TEST_CASE(a_listener_that_throws_fails_the_state_that_is_kept_all_the_same) {
  write("wget", "wget");
  const auto book = open();
  const auto bad = book.subscribe([](const rule_change&) { throw std::runtime_error("cannot take it"); });
  const auto good = book.subscribe(listener());
  const auto answer = book.set_state("wget", disabled());
  BOOST_TEST(answer.persisted);
  BOOST_TEST(!answer.published);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "publish_failed");
  BOOST_TEST(heard.take() == "state wget");
}

BOOST_AUTO_TEST_CASE(a_state_expires_by_itself_and_the_directory_knows) {
  write("wget", "wget");
  const auto book = open();
  const auto following = book.subscribe(listener());
  auto state = disabled();
  // Still ahead when a slow machine comes to set it.
  state.expires_at = utc_now() + 2s;
  BOOST_TEST(book.set_state("wget", state).published);
  BOOST_TEST(heard.take() == "state wget");
  BOOST_TEST(heard.take() == "expired wget");
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  BOOST_TEST((book.state("wget") == rule_state{}));
}

BOOST_AUTO_TEST_CASE(a_state_that_expired_while_nobody_was_there_is_taken_back_at_the_next_load) {
  write("wget", "wget");
  {
    const auto store = open_rule_directory(rules, utc_now, log());
    auto state = disabled();
    // Longer ago than the keeper begins, and still ahead when it is said.
    const auto said_at = utc_now() - 1h;
    state.expires_at = said_at + 1min;
    store->set_state("wget", state, said_at);
  }
  const auto book = open();
  BOOST_TEST((book.find("wget")->state == rule_state{}));
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  const auto fresh = open_rule_directory(rules, utc_now, log());
  BOOST_TEST((fresh->load().rules.at("wget").state == rule_state{}));
}

BOOST_AUTO_TEST_CASE(a_malformed_edit_is_a_finding_and_the_old_rule_stays_in_force_until_it_is_mended) {
  write("wget", "wget");
  const auto book = open();
  const auto following = book.subscribe(listener());
  write("wget", "wget(", 2);
  write("other", "other");
  BOOST_TEST(heard.take() == "defined other");
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  BOOST_TEST(book.find("wget")->definition->version == 1);
  BOOST_TEST(book.findings().size() == 1);
  write("wget", "wget ", 3);
  BOOST_TEST(heard.take() == "defined wget");
  BOOST_TEST(book.findings().empty());
}

BOOST_AUTO_TEST_CASE(a_keeper_ends_when_nobody_holds_its_rules) {
  auto first = keepers->directory(rules.string());
  auto second = keepers->directory(rules.string());
  first.reset();
  BOOST_TEST(keepers->books().size() == 1);
  second.reset();
  BOOST_TEST(keepers->books().empty());
}

BOOST_AUTO_TEST_CASE(rules_outlive_their_keepers_as_they_were) {
  write("wget", "wget");
  const auto book = open();
  const auto following = book.subscribe(listener());
  keepers.reset();
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  BOOST_TEST(book.list().size() == 1);
  const auto answer = book.set_state("wget", disabled());
  BOOST_TEST(!answer.persisted);
  BOOST_REQUIRE(answer.failure.has_value());
  BOOST_TEST(answer.failure->code() == "rules_unavailable");
  BOOST_CHECK_EXCEPTION((void)book.state("wget"), error, is_unavailable);
  BOOST_CHECK_EXCEPTION((void)book.subscribe(listener()), error, is_unavailable);
}

BOOST_AUTO_TEST_CASE(destroyed_keepers_leave_no_thread) {
  keepers.reset();
  const auto before = threads_of_this_process();
  for (int i = 0; i < 3; ++i) {
    keepers.emplace(rule_keepers_settings{log(), {}});
    const auto book = open();
    BOOST_TEST(threads_of_this_process() > before);
    keepers.reset();
  }
  // A thread that has been waited for may be listed for a moment, also when they were counted before.
  const auto until = std::chrono::steady_clock::now() + patience;
  while (threads_of_this_process() > before && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  BOOST_TEST(threads_of_this_process() <= before);
}

BOOST_AUTO_TEST_CASE(what_they_count_is_of_all_places_in_use) {
  write("wget", "wget");
  write("curl", "curl");
  BOOST_TEST(keepers->counts().places == 0);
  const auto book = open();
  (void)book.set_state("curl", disabled());
  (void)matching(*book.in_force(), "wget x");
  const auto counts = keepers->counts();
  BOOST_TEST(counts.places == 1);
  BOOST_TEST(counts.enabled == 1);
  BOOST_TEST(counts.disabled == 1);
  BOOST_TEST(counts.states == 1);
  BOOST_TEST(counts.compilations == 1);
  const auto text = render_rules(counts);
  BOOST_TEST(text.find("sluice_rule_hits_total{rule=\"wget\"} 1") != std::string::npos, text);
  BOOST_TEST(text.find("sluice_rules{mode=\"disabled\"} 1") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_place_that_others_are_copied_from_is_neither_compiled_nor_counted_with_them) {
  write("wget", "wget");
  write("bad", "wget(");
  const auto source = keepers->open_source(rule_place::directory(rules));
  const auto following = source.subscribe(listener());
  BOOST_TEST(source.view().count("wget") == 1);
  write("curl", "curl");
  BOOST_TEST(heard.take() == "defined curl");
  BOOST_TEST(source.list().size() == 2);
  BOOST_TEST(source.findings().size() == 1);
  auto counts = keepers->counts();
  BOOST_TEST(counts.places == 0);
  BOOST_TEST(counts.enabled == 0);
  BOOST_TEST(counts.defined == 0);
  BOOST_TEST(counts.compilations == 0);
  BOOST_TEST(counts.hits.empty());
  BOOST_TEST(counts.findings == 1, "nobody else tells of them");
  // Who matches with the same directory has a keeper that does.
  const auto book = open();
  BOOST_TEST(matching(*book.in_force(), "wget x").size() == 1);
  counts = keepers->counts();
  BOOST_TEST(counts.places == 1);
  BOOST_TEST(counts.enabled == 2);
  BOOST_TEST(counts.compilations == 1);
}

BOOST_AUTO_TEST_CASE(a_log_can_begin_later) {
  write("wget", "wget");
  keepers.emplace();
  mailbox_of_test<std::string> logged;
  keepers->log_to(
      [&](log_level, std::string_view event, std::string_view) { logged.put(std::string(event)); });
  const auto book = open();
  BOOST_TEST(logged.take() == "rules_loaded");
  keepers->log_to({});
  keepers.reset();
}

BOOST_AUTO_TEST_SUITE_END()
