#include "model/rules/compiled_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

using ids = std::vector<std::string>;
using record = std::map<std::string, std::string, std::less<>>;
using compiled = std::shared_ptr<const compiled_rules>;

const utc_time now{1'700'000'000'000ms};

rule make_rule(const std::string& id, const std::string& pattern, const std::string& field = "command",
               std::vector<std::string> kinds = {}) {
  return {id, 1, "n", "", std::move(kinds), field, pattern, {{"T1", "", 1, {}}}};
}

void put(rule_view& view, rule what) {
  auto& place = view[what.id];
  place.definition = std::make_shared<const rule>(std::move(what));
}

rule_view view_of(std::vector<rule> rules) {
  rule_view view;
  for (auto& each : rules)
    put(view, std::move(each));
  return view;
}

compiled compile(const rule_view& view, const compiled& previous = nullptr,
                 rule_compiling how = rule_compiling::quick) {
  return compiled_rules::compile(view, now, previous.get(), how);
}

ids matching(const compiled_rules& rules, const record& fields, std::string_view kind = "ssh") {
  std::string_view text;
  std::vector<std::size_t> found;
  rules.match(
      kind,
      [&](std::string_view name) -> const std::string_view* {
        const auto at = fields.find(name);
        if (at == fields.end())
          return nullptr;
        text = at->second;
        return &text;
      },
      found);
  ids result;
  for (const auto index : found)
    result.push_back(rules.rules()[index].definition->id);
  return result;
}

ids matching(const compiled& rules, const std::string& command, std::string_view kind = "ssh") {
  return matching(*rules, {{"command", command}}, kind);
}

rule_state said(rule_mode mode, double ceiling = 1) {
  return {mode, ceiling, "noisy", "ada", now, {}};
}

void check(const ids& found, const ids& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

std::string word(std::size_t number) {
  return "w" + std::to_string(10'000 + number);
}

/// So many that a few new ones are put beside them.
constexpr std::size_t large = 2000;

rule_view many(std::size_t count) {
  rule_view view;
  for (std::size_t i = 0; i < count; ++i)
    put(view, make_rule("r" + std::to_string(10'000 + i), word(i)));
  return view;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rules_compiled)

BOOST_AUTO_TEST_CASE(the_rules_that_match_come_in_the_order_of_their_ids) {
  const auto rules =
      compile(view_of({make_rule("c", "wget"), make_rule("a", "w.*t"), make_rule("b", "curl")}));
  check(matching(rules, "wget x"), {"a", "c"});
  check(matching(rules, "curl x; wget y"), {"a", "b", "c"});
  check(matching(rules, "nothing"), {});
  BOOST_TEST(rules->fields() == ids{"command"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_rules_nothing_matches) {
  check(matching(compile({}), "wget"), {});
  BOOST_TEST(compile({})->fields().empty());
  BOOST_TEST(compile({})->is_whole());
}

BOOST_AUTO_TEST_CASE(a_rule_looks_at_its_kinds_only) {
  const auto rules = compile(view_of({make_rule("all", "x"), make_rule("ssh", "x", "command", {"ssh"}),
                                      make_rule("web", "x", "command", {"http", "web"})}));
  check(matching(rules, "x", "ssh"), {"all", "ssh"});
  check(matching(rules, "x", "web"), {"all", "web"});
  check(matching(rules, "x", "http"), {"all", "web"});
  check(matching(rules, "x", ""), {"all"});
  check(matching(rules, "x", "we"), {"all"});
}

BOOST_AUTO_TEST_CASE(a_rule_looks_at_its_field_only) {
  const auto rules =
      compile(view_of({make_rule("p", "x", "path"), make_rule("c", "x"), make_rule("b", "y", "path")}));
  check(matching(*rules, {{"command", "x"}}), {"c"});
  check(matching(*rules, {{"path", "x"}}), {"p"});
  check(matching(*rules, {{"path", "xy"}, {"command", "x"}, {"other", "x"}}), {"b", "c", "p"});
  check(matching(*rules, {}), {});
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_a_text_and_no_text_is_none) {
  const auto rules = compile(view_of({make_rule("empty", "^$")}));
  check(matching(rules, ""), {"empty"});
  check(matching(*rules, {}), {});
}

BOOST_AUTO_TEST_CASE(rules_may_share_a_pattern) {
  const auto rules = compile(view_of({make_rule("a", "x"), make_rule("b", "x"), make_rule("c", "y")}));
  check(matching(rules, "x"), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(disabled_rules_say_nothing_and_clipped_ones_less) {
  auto view = view_of({make_rule("a", "x"), make_rule("b", "x"), make_rule("c", "x")});
  view["a"].state = said(rule_mode::disabled);
  view["b"].state = said(rule_mode::clipped, 0.25);
  const auto rules = compile(view);
  check(matching(rules, "x"), {"b", "c"});
  BOOST_TEST(rules->rules()[1].confidence_max == 0.25);
  BOOST_TEST(rules->rules()[2].confidence_max == 1);
}

BOOST_AUTO_TEST_CASE(an_expired_state_enables_the_rule_instead_of_muting_it) {
  auto view = view_of({make_rule("a", "x"), make_rule("b", "x")});
  view["a"].state = view["b"].state = said(rule_mode::disabled);
  view["a"].state.expires_at = now;
  view["b"].state.expires_at = now + 1ms;
  const auto rules = compile(view);
  check(matching(rules, "x"), {"a"});
  check(matching(rules->with_states(view, now + 1ms), "x"), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(other_states_leave_the_old_form_as_it_is) {
  auto view = view_of({make_rule("a", "x"), make_rule("b", "x")});
  const auto before = compile(view);
  view["a"].state = said(rule_mode::disabled);
  const auto after = before->with_states(view, now);
  check(matching(after, "x"), {"b"});
  check(matching(before, "x"), {"a", "b"});
  // A rule that the view does not know has nothing said about it.
  check(matching(after->with_states({}, now), "x"), {"a", "b"});
}

BOOST_AUTO_TEST_CASE(hits_are_counted_for_those_that_say_something_and_go_on_in_the_next_form) {
  auto view = view_of({make_rule("a", "x"), make_rule("b", "x"), make_rule("c", "y")});
  view["b"].state = said(rule_mode::disabled);
  const auto before = compile(view);
  (void)matching(before, "x");
  before->warm("command", {"x", "y"});
  put(view, make_rule("c", "x"));
  put(view, make_rule("0", "x"));
  const auto after = compile(view, before)->with_states(view, now);
  (void)matching(after, "x");
  std::map<std::string, std::uint64_t> hits;
  for (const auto& each : after->rules())
    hits[each.definition->id] = each.hits->load();
  const std::map<std::string, std::uint64_t> expected = {{"0", 1}, {"a", 2}, {"b", 0}, {"c", 1}};
  BOOST_TEST((hits == expected));
  BOOST_TEST(before->rules()[0].hits->load() == 2U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_is_only_a_state_is_left_out) {
  auto view = view_of({make_rule("a", "x")});
  view["gone"].state = said(rule_mode::disabled);
  const auto rules = compile(view);
  BOOST_TEST(rules->rules().size() == 1U);
  check(matching(rules, "x"), {"a"});
}

BOOST_AUTO_TEST_CASE(a_deleted_rule_does_not_keep_firing) {
  auto view = many(100);
  const auto before = compile(view);
  view.erase("r10005");
  const auto after = compile(view, before);
  check(matching(after, word(5)), {});
  check(matching(after, word(6)), {"r10006"});
  check(matching(before, word(5)), {"r10005"});
}

BOOST_AUTO_TEST_CASE(an_edited_rule_looks_for_the_new_pattern_only) {
  auto view = many(100);
  const auto before = compile(view);
  put(view, make_rule("r10005", "edited"));
  const auto after = compile(view, before);
  check(matching(after, word(5)), {});
  check(matching(after, "edited " + word(7)), {"r10005", "r10007"});
}

BOOST_AUTO_TEST_CASE(a_late_pattern_waits_beside_the_others_until_all_are_compiled_again) {
  auto view = many(large);
  auto rules = compile(view);
  BOOST_TEST(rules->is_whole());
  put(view, make_rule("late", "late"));
  rules = compile(view, rules);
  BOOST_TEST(!rules->is_whole());
  check(matching(rules, "late " + word(1)), {"late", "r10001"});
  // What says the same with other words is nothing to compile.
  put(view, make_rule("late-too", "late"));
  rules = compile(view, rules);
  check(matching(rules, "late"), {"late", "late-too"});
  rules = compile(view, rules, rule_compiling::whole);
  BOOST_TEST(rules->is_whole());
  check(matching(rules, "late " + word(1)), {"late", "late-too", "r10001"});
  view.erase("r10001");
  rules = compile(view, rules);
  BOOST_TEST(!rules->is_whole());
  BOOST_TEST(compile(view, rules, rule_compiling::whole)->is_whole());
}

BOOST_AUTO_TEST_CASE(many_changes_are_worth_a_new_set_and_so_is_one_of_a_few) {
  const auto rules = compile(many(large));
  BOOST_TEST(!compile(many(large + 64), rules)->is_whole());
  BOOST_TEST(compile(many(large + 65), rules)->is_whole());
  BOOST_TEST(compile(many(large / 2), rules)->is_whole());
  BOOST_TEST(compile(many(101), compile(many(100)))->is_whole());
}

BOOST_AUTO_TEST_CASE(after_any_edits_the_form_is_as_good_as_a_fresh_one) {
  constexpr std::uint32_t seed = 20261121;
  std::mt19937 random(seed);
  constexpr std::size_t ids_in_use = large + 20;
  auto view = many(large);
  auto rules = compile(view);
  for (int step = 0; step < 40; ++step) {
    for (auto edits = 1 + random() % 3; edits > 0; --edits) {
      const auto id = "r" + std::to_string(10'000 + random() % ids_in_use);
      if (random() % 4 == 0)
        view.erase(id);
      else
        put(view, make_rule(id, word(random() % (large + 500)), random() % 5 ? "command" : "path",
                            random() % 3 ? std::vector<std::string>{} : std::vector<std::string>{"web"}));
    }
    rules = compile(view, rules, random() % 20 ? rule_compiling::quick : rule_compiling::whole);
    const auto fresh = compile(view);
    for (int texts = 0; texts < 200; ++texts) {
      const record fields = {{"command", word(random() % (large + 500)) + " " + word(random() % large)},
                             {"path", word(random() % ids_in_use)}};
      const auto* kind = random() % 2 ? "web" : "ssh";
      BOOST_TEST(matching(*rules, fields, kind) == matching(*fresh, fields, kind),
                 "seed " << seed << ", step " << step);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pattern_that_nobody_checked_does_not_spoil_the_others) {
  const auto rules = compile(view_of({make_rule("a", "("), make_rule("b", "x")}));
  check(matching(rules, "(x"), {"b"});
  BOOST_TEST(rules->refused() == ids{"a"}, boost::test_tools::per_element());
  BOOST_TEST(compile(many(3))->refused().empty());
}

BOOST_AUTO_TEST_CASE(ten_thousand_rules_compile_together) {
  const auto rules = compile(many(10'000));
  check(matching(rules, "a " + word(9'999) + " b " + word(0)), {"r10000", "r19999"});
  BOOST_TEST(rules->fallbacks() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
