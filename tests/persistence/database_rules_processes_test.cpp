#include "model/base/error.hpp"
#include "persistence/operations/rule_operations.hpp"
#include "persistence/rules/database_rules.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/support/database_rules_scene.hpp"
#include "tests/support/forked_child.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A process of its own on the file, with a connection that looks and one that writes.
struct one_process {
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  sqlite_store writer;
  sqlite_store reader;
  std::unique_ptr<rule_store> rules =
      open_database_rules(direct_transactions(reader, writer, [this] { return now; }));

  explicit one_process(const std::filesystem::path& path)
      : writer(options(path, sqlite_access::write), now), reader(options(path, sqlite_access::read), now) {}

  static sqlite_options options(const std::filesystem::path& path, sqlite_access access) {
    sqlite_options made;
    made.path = path;
    made.access = access;
    made.lock_wait = 60s;
    return made;
  }

  template <class Act>
  void write(Act act) {
    store_transaction transaction(writer);
    act(writer);
    transaction.commit();
  }
  std::int64_t last_change() {
    store_transaction transaction(reader);
    return reader.rules().change_range().last;
  }
  void define(const rule& definition) {
    write([&](store& in) { define_rule(in, definition, "", "ann", now); });
  }
  rule_state disabled(std::chrono::milliseconds ends_after) const {
    return {rule_mode::disabled, 1, "too loud", "ann", now, now + ends_after};
  }
};

struct file_scene {
  scratch_folder folder;
  std::filesystem::path path = folder.path() / "runs.db";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(database_rules_processes, file_scene)

BOOST_AUTO_TEST_CASE(rules_and_states_survive_a_restart) {
  {
    one_process first(path);
    first.define(rule_called("a", "curl"));
    first.rules->set_state("a", first.disabled(1h), first.now);
  }
  one_process second(path);
  const auto found = second.rules->load().rules;
  BOOST_REQUIRE(found.count("a") == 1u);
  BOOST_TEST((*found.at("a").definition == rule_called("a", "curl")));
  BOOST_TEST((found.at("a").state == second.disabled(1h)));
  BOOST_TEST((second.rules->state("a", second.now) == second.disabled(1h)));
}

BOOST_AUTO_TEST_CASE(a_process_hears_what_another_defines_removes_and_says) {
  one_process ann(path);
  one_process bob(path);
  ann.rules->load();
  bob.rules->load();
  ann.define(rule_called("a"));
  ann.rules->set_state("a", ann.disabled(1h), ann.now);
  bob.write([&](store& in) { remove_rule(in, "a", "bob", bob.now); });
  const std::string story = "defined a, state a, removed a";
  BOOST_TEST(story_of(ann.rules->changes()) == story);
  BOOST_TEST(story_of(bob.rules->changes()) == story);
  BOOST_TEST(bob.rules->changes().empty());
}

BOOST_AUTO_TEST_CASE(a_reader_is_not_held_up_by_a_writer) {
  one_process ann(path);
  one_process bob(path);
  ann.define(rule_called("a"));
  store_transaction busy(ann.writer);
  BOOST_TEST(bob.rules->load().rules.size() == 1u);
  BOOST_TEST(bob.rules->changes().empty());
  // Nothing has expired, so there is no turn to wait for.
  BOOST_TEST(bob.rules->expire(bob.now) == 0u);
}

BOOST_AUTO_TEST_CASE(changes_of_many_processes_are_heard_each_once_and_in_order) {
  constexpr int each = 100;
  constexpr std::int64_t last = 2 * (each + each / 2);
  { const one_process makes_the_file(path); }
  const auto work = [&](const std::string& name) {
    return [&, name](forked_child&) {
      one_process self(path);
      for (int i = 1; i <= each; ++i) {
        // Clocks of processes differ, and step.
        self.now -= 1ms;
        self.define(rule_called(name + std::to_string(i % 10), name, static_cast<std::uint64_t>(i)));
        if (i % 2 == 0)
          self.rules->set_state(name, {rule_mode::clipped, i / 1000.0, "r", name, self.now, {}}, self.now);
      }
      return 0;
    };
  };
  forked_child first(work("first"));
  forked_child second(work("second"));
  one_process ann(path);
  auto view = ann.rules->load().rules;
  std::vector<rule_change> heard;
  const auto listen = [&] {
    for (auto& change : ann.rules->changes()) {
      apply_change(view, change);
      heard.push_back(std::move(change));
    }
  };
  const auto patience = std::chrono::steady_clock::now() + 60s;
  while (ann.last_change() < last && std::chrono::steady_clock::now() < patience)
    listen();
  BOOST_TEST(first.wait() == 0);
  BOOST_TEST(second.wait() == 0);
  listen();
  for (std::size_t i = 1; i < heard.size(); ++i)
    BOOST_TEST(heard[i].number == heard[i - 1].number + 1);
  BOOST_TEST(ann.last_change() == last);
  if (!heard.empty())
    BOOST_TEST(heard.back().number == last);
  one_process late(path);
  const auto fresh = late.rules->load().rules;
  BOOST_TEST(changes_between(view, fresh, ann.now).empty());
  BOOST_TEST(fresh.size() == 22u);
  BOOST_TEST(fresh.at("first0").definition->version == static_cast<std::uint64_t>(each));
}

BOOST_AUTO_TEST_CASE(processes_that_take_back_the_same_states_do_so_once) {
  constexpr int states = 200;
  {
    one_process self(path);
    for (int i = 0; i < states; ++i)
      self.rules->set_state("r" + std::to_string(i), self.disabled(1s), self.now);
  }
  const auto work = [&](forked_child&) {
    one_process self(path);
    self.rules->expire(self.now + 1s);
    return 0;
  };
  forked_child first(work);
  forked_child second(work);
  forked_child third(work);
  BOOST_TEST(first.wait() == 0);
  BOOST_TEST(second.wait() == 0);
  BOOST_TEST(third.wait() == 0);
  one_process ann(path);
  std::map<std::string, int> expiries;
  ann.write([&](store& in) {
    for (const auto& change : in.rules().changes(0, 10'000))
      if (change.kind == rule_change_kind::expired)
        ++expiries[change.rule];
    BOOST_TEST(in.audit().since(0, 10'000).size() == 2u * states);
  });
  BOOST_TEST(expiries.size() == static_cast<std::size_t>(states));
  for (const auto& [rule, count] : expiries)
    BOOST_TEST(count == 1);
  BOOST_TEST(ann.rules->load().rules.empty());
}

BOOST_AUTO_TEST_CASE(a_process_that_is_killed_while_it_defines_leaves_all_or_nothing) {
  forked_child child([&](forked_child&) {
    one_process self(path);
    self.define(rule_called("whole"));
    self.writer.begin();
    define_rule(self.writer, rule_called("half"), "", "ann", self.now);
    set_rule_state(self.writer, "whole", self.disabled(1h), self.now);
    forked_child::die();
    return 0;
  });
  BOOST_TEST(child.wait() == 128 + SIGKILL);
  one_process ann(path);
  const auto found = ann.rules->load().rules;
  BOOST_TEST(found.size() == 1u);
  BOOST_TEST(found.count("whole") == 1u);
  BOOST_TEST((ann.rules->state("whole", ann.now) == rule_state{}));
  BOOST_TEST(ann.last_change() == 1);
}

BOOST_AUTO_TEST_CASE(a_process_that_is_killed_at_any_moment_leaves_changes_that_say_what_is_there) {
  constexpr int lives = 12;
  int acknowledged = 0;
  for (int life = 0; life < lives; ++life) {
    forked_child child([&](forked_child& here) {
      one_process self(path);
      for (int i = 0;; ++i) {
        const auto id = std::to_string(i % 3);
        self.define(rule_called(id, std::to_string(life), static_cast<std::uint64_t>(i) + 1));
        self.rules->set_state(id, self.disabled(std::chrono::milliseconds{i + 1}), self.now);
        self.now += 1ms;
        self.rules->expire(self.now);
        if (i % 5 == 4)
          self.write([&](store& in) { remove_rule(in, id, "ann", self.now); });
        here.tell();
      }
      return 0;
    });
    for (int i = 0; i <= life; ++i, ++acknowledged)
      child.await();
    child.signal(SIGKILL);
    BOOST_TEST(child.wait() == 128 + SIGKILL);
    BOOST_TEST(check_database(path) == std::vector<std::string>{}, boost::test_tools::per_element());
  }
  one_process ann(path);
  // Each of these is a definition, a state, and nearly always an expiry.
  BOOST_TEST(ann.last_change() >= 2 * acknowledged);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_written_leaves_the_rules_as_they_were) {
  one_process ann(path);
  ann.define(rule_called("a"));
  ann.rules->load();
  auto options = one_process::options(path, sqlite_access::write);
  options.page_limit = 1;
  sqlite_store full(options, ann.now);
  const auto rules = open_database_rules(direct_transactions(full, full, [&] { return ann.now; }));
  auto loud = ann.disabled(1h);
  loud.reason = std::string(100'000, 'x');
  BOOST_CHECK_EXCEPTION(rules->set_state("a", loud, ann.now), error,
                        [](const error& trouble) { return trouble.code() == "store_full"; });
  BOOST_TEST((rules->state("a", ann.now) == rule_state{}));
  BOOST_TEST(ann.rules->changes().empty());
}

BOOST_AUTO_TEST_SUITE_END()
