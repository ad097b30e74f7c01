#include "persistence/store/rule_table.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

template <class Backend>
struct table_scene : store_scene<Backend> {
  rule_table& table() { return this->in().rules(); }

  rule_row row(const std::string& id, const std::string& definition = "text") const {
    return {id, 1, definition, "", this->now, this->now};
  }
  rule_state disabled() const { return {rule_mode::disabled, 1, "it's \"loud\", ü", "ann", this->now, {}}; }
  rule_state ending(std::chrono::milliseconds after) const {
    auto state = disabled();
    state.expires_at = this->now + after;
    return state;
  }
  rule_change_row defined(const std::string& id) const {
    return {0, this->now, rule_change_kind::defined, id, "ann", "text", {}};
  }

  /// Calls `act` in a transaction of its own.
  template <class Act>
  void in_transaction(Act act) {
    store_transaction transaction(this->in());
    act();
    transaction.commit();
  }
};

template <class Row>
std::string ids_in(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& row : rows) {
    if constexpr (requires { row.rule; })
      text += row.rule + " ";
    else
      text += row.id + " ";
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_tables)

BOOST_AUTO_TEST_CASE(kinds_of_changes_have_names) {
  for (const auto kind : {rule_change_kind::defined, rule_change_kind::removed, rule_change_kind::state,
                          rule_change_kind::expired})
    BOOST_TEST((parse_rule_change_kind(to_string(kind)) == kind));
  BOOST_TEST(to_string(rule_change_kind::removed) == "removed");
  BOOST_TEST(!parse_rule_change_kind("Removed"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_reads_back_as_it_was_written, Backend, store_backends) {
  table_scene<Backend> scene;
  auto row = scene.row("ssh.wget-1_a", "name: 'ü'\npattern: \"a|b\"\n");
  row.version = 77;
  row.source = "/etc/rules";
  row.updated_at = scene.now + 1s;
  scene.in_transaction([&] { scene.table().put(row); });
  scene.in_transaction([&] {
    BOOST_TEST((scene.table().find(row.id) == row));
    BOOST_TEST(!scene.table().find("ssh.wget"));
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rule_that_is_put_again_keeps_when_it_was_made, Backend, store_backends) {
  table_scene<Backend> scene;
  auto row = scene.row("a");
  scene.in_transaction([&] { scene.table().put(row); });
  row.definition = "another";
  row.source = "here";
  row.version = 2;
  row.updated_at = scene.now + 1s;
  auto later = row;
  later.created_at = scene.now + 1s;
  scene.in_transaction([&] { scene.table().put(later); });
  scene.in_transaction([&] { BOOST_TEST((scene.table().find("a") == row)); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rules_are_listed_by_id_page_after_page, Backend, store_backends) {
  table_scene<Backend> scene;
  scene.in_transaction([&] {
    for (const auto* id : {"b", "a.2", "B", "c", "a-2"})
      scene.table().put(scene.row(id));
    BOOST_TEST(ids_in(scene.table().list("", 10)) == "B a-2 a.2 b c ");
    BOOST_TEST(ids_in(scene.table().list("", 2)) == "B a-2 ");
    BOOST_TEST(ids_in(scene.table().list("a-2", 2)) == "a.2 b ");
    BOOST_TEST(scene.table().list("c", 2).empty());
    BOOST_TEST(scene.table().erase("b"));
    BOOST_TEST(!scene.table().erase("b"));
    BOOST_TEST(ids_in(scene.table().list("a.2", 10)) == "c ");
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_reads_back_with_who_and_when_and_needs_no_rule, Backend,
                              store_backends) {
  table_scene<Backend> scene;
  const rule_state clipped{rule_mode::clipped, 0.1, "", "bob", scene.now - 1h, scene.now + 1ms};
  scene.in_transaction([&] {
    BOOST_TEST(!scene.table().state("b"));
    scene.table().put_state("b", scene.disabled());
    scene.table().put_state("a", clipped);
    BOOST_TEST((scene.table().state("b") == scene.disabled()));
    BOOST_TEST((scene.table().state("a") == clipped));
    BOOST_TEST((scene.table().states("", 10) ==
                std::vector<rule_state_row>{{"a", clipped}, {"b", scene.disabled()}}));
    BOOST_TEST(ids_in(scene.table().states("", 1)) == "a ");
    BOOST_TEST(ids_in(scene.table().states("a", 1)) == "b ");
  });
  scene.in_transaction([&] {
    scene.table().put_state("a", scene.disabled());
    BOOST_TEST((scene.table().state("a") == scene.disabled()));
    BOOST_TEST(scene.table().erase_state("a"));
    BOOST_TEST(!scene.table().erase_state("a"));
    BOOST_TEST(!scene.table().state("a"));
    BOOST_TEST(scene.table().state("b").has_value());
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(expired_states_are_found_in_the_order_of_their_ends, Backend, store_backends) {
  table_scene<Backend> scene;
  scene.in_transaction([&] {
    scene.table().put_state("lasting", scene.disabled());
    scene.table().put_state("a", scene.ending(3ms));
    scene.table().put_state("c", scene.ending(1ms));
    scene.table().put_state("b", scene.ending(1ms));
    BOOST_TEST(scene.table().expired(scene.now, 10).empty());
    BOOST_TEST(ids_in(scene.table().expired(scene.now + 1ms, 10)) == "b c ");
    BOOST_TEST(ids_in(scene.table().expired(scene.now + 1h, 10)) == "b c a ");
    BOOST_TEST(ids_in(scene.table().expired(scene.now + 1h, 1)) == "b ");
    BOOST_TEST((scene.table().expired(scene.now + 1h, 10).back().state == scene.ending(3ms)));
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(changes_are_numbered_in_order_and_keep_what_happened, Backend, store_backends) {
  table_scene<Backend> scene;
  const std::vector<rule_change_row> made = {
      scene.defined("a"),
      {0, scene.now - 1h, rule_change_kind::state, "a", "bob", {}, scene.ending(1s)},
      {0, scene.now, rule_change_kind::expired, "a", "sluice", {}, scene.ending(1s)},
      {0, scene.now, rule_change_kind::removed, "a", "", {}, {}},
      scene.defined("a")};
  scene.in_transaction([&] {
    BOOST_TEST(scene.table().change_range().first == 0);
    BOOST_TEST(scene.table().change_range().last == 0);
    for (std::size_t i = 0; i < made.size(); ++i)
      BOOST_TEST(scene.table().append_change(made[i]) == static_cast<std::int64_t>(i) + 1);
  });
  scene.in_transaction([&] {
    auto found = scene.table().changes(0, 10);
    BOOST_REQUIRE(found.size() == made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      BOOST_TEST(found[i].id == static_cast<std::int64_t>(i) + 1);
      found[i].id = 0;
      BOOST_TEST((found[i] == made[i]));
    }
    BOOST_TEST(scene.table().changes(3, 10).size() == 2u);
    BOOST_TEST(scene.table().changes(3, 1).front().id == 4);
    BOOST_TEST(scene.table().changes(5, 10).empty());
    BOOST_TEST(scene.table().change_range().first == 1);
    BOOST_TEST(scene.table().change_range().last == 5);
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_number_of_a_change_comes_twice, Backend, store_backends) {
  table_scene<Backend> scene;
  scene.in_transaction([&] {
    for (int i = 0; i < 5; ++i)
      scene.table().append_change(scene.defined("a"));
    scene.table().forget_changes(3);
    BOOST_TEST(scene.table().change_range().first == 4);
    BOOST_TEST(scene.table().change_range().last == 5);
    BOOST_TEST(scene.table().changes(0, 10).front().id == 4);
    scene.table().forget_changes(99);
    BOOST_TEST(scene.table().changes(0, 10).empty());
    BOOST_TEST(scene.table().append_change(scene.defined("a")) == 6);
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_that_is_rolled_back_leaves_no_trace_of_rules, Backend,
                              store_backends) {
  table_scene<Backend> scene;
  scene.in_transaction([&] {
    scene.table().put(scene.row("a"));
    scene.table().put_state("a", scene.disabled());
    scene.table().append_change(scene.defined("a"));
    scene.table().append_change(scene.defined("b"));
  });
  {
    store_transaction transaction(scene.in());
    scene.table().put(scene.row("a", "another"));
    scene.table().put(scene.row("b"));
    scene.table().put_state("a", scene.ending(1s));
    scene.table().put_state("b", scene.disabled());
    scene.table().append_change(scene.defined("c"));
    scene.table().forget_changes(1);
    scene.table().erase_state("a");
    scene.table().erase("a");
    scene.table().forget_changes(3);
  }
  scene.in_transaction([&] {
    BOOST_TEST((scene.table().list("", 10) == std::vector<rule_row>{scene.row("a")}));
    BOOST_TEST((scene.table().states("", 10) == std::vector<rule_state_row>{{"a", scene.disabled()}}));
    BOOST_TEST(scene.table().change_range().first == 1);
    BOOST_TEST(scene.table().change_range().last == 2);
    BOOST_TEST(scene.table().changes(1, 10).front().rule == "b");
    BOOST_TEST(scene.table().append_change(scene.defined("c")) == 3);
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(taking_away_what_is_not_there_is_no_commit_that_wrote, Backend,
                              store_backends) {
  table_scene<Backend> scene;
  scene.in_transaction([&] {
    scene.table().erase("a");
    scene.table().erase_state("a");
    scene.table().forget_changes(9);
    scene.table().change_range();
  });
  BOOST_TEST(!scene.in().last_commit_wrote());
  scene.in_transaction([&] { scene.table().put_state("a", scene.disabled()); });
  BOOST_TEST(scene.in().last_commit_wrote());
}

BOOST_AUTO_TEST_SUITE_END()
