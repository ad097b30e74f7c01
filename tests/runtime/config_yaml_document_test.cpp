#include "model/config/yaml_document.hpp"
#include "runtime/config/text_file.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

using namespace sluice;

namespace {

/// Returns all findings, each as it is shown.
std::string complaints(const yaml_document& document) {
  std::string all;
  for (const auto& one : document.found)
    all += to_string(one, "f.yaml") + "\n";
  return all;
}

std::string complaints(const std::string& text) {
  return complaints(read_yaml(text));
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_yaml_document)

BOOST_AUTO_TEST_CASE(values_keep_their_order_and_their_place) {
  const auto document = read_yaml("b: 1\na:\n  - x\n  - {k: 'v'}\n");
  BOOST_TEST(complaints(document) == "");
  const auto& root = document.root;
  BOOST_REQUIRE(root.members().size() == 2u);
  BOOST_TEST(root.members()[0].name == "b");
  BOOST_TEST(root.members()[0].value.text() == "1");
  BOOST_TEST(root.members()[1].name == "a");
  const auto& list = root.members()[1].value;
  BOOST_REQUIRE(list.items().size() == 2u);
  BOOST_TEST((list.items()[0].position() == source_position{3, 5}));
  const auto* inner = list.items()[1].find("k");
  BOOST_REQUIRE(inner);
  BOOST_TEST((inner->position() == source_position{4, 9}));
  BOOST_TEST(inner->is_quoted());
  BOOST_TEST(!list.items()[0].is_quoted());
}

BOOST_AUTO_TEST_CASE(a_tab_that_indents_is_named) {
  const std::string said = "error: a tab indents this line, which YAML does not allow; use spaces [SYNTAX]\n";
  BOOST_TEST(complaints("nodes:\n\tread: {type: stdin}\n") == "f.yaml:2:1: " + said);
  BOOST_TEST(complaints("nodes:\n  a: {x: 1}\n  \tb: 2\n") == "f.yaml:3:3: " + said);
  BOOST_TEST(complaints("nodes:\n  a: 1\n\tb: 2\n") == "f.yaml:3:1: " + said);
  BOOST_TEST(complaints("\xEF\xBB\xBF\tversion: 1\n") == "f.yaml:1:1: " + said);
  // Tabs elsewhere are not to blame.
  BOOST_TEST(complaints("a: b: c\t\n").find("tab") == std::string::npos);
  BOOST_TEST(complaints("a:\t1\nb: [\n\t2,\n\t3]\n") == "");
}

BOOST_AUTO_TEST_CASE(a_written_null_has_its_own_place_and_an_absent_value_its_keys) {
  const auto document = read_yaml("type: null\nother:\nthird: ~\n");
  BOOST_TEST(complaints(document) == "");
  const auto& members = document.root.members();
  BOOST_REQUIRE(members.size() == 3u);
  BOOST_TEST(members[0].value.is_null());
  BOOST_TEST((members[0].value.position() == source_position{1, 7}));
  BOOST_TEST(members[1].value.is_null());
  BOOST_TEST((members[1].value.position() == members[1].position));
  BOOST_TEST((members[2].value.position() == source_position{3, 8}));
}

BOOST_AUTO_TEST_CASE(a_node_may_be_called_null) {
  const auto document = read_yaml("nodes:\n  null: {type: null}\n");
  BOOST_TEST(complaints(document) == "");
  const auto* nodes = document.root.find("nodes");
  BOOST_REQUIRE(nodes);
  BOOST_REQUIRE(nodes->members().size() == 1u);
  BOOST_TEST(nodes->members()[0].name == "null");
}

BOOST_AUTO_TEST_CASE(a_quoted_null_is_a_string) {
  const auto document = read_yaml("a: 'null'\n");
  BOOST_TEST(document.root.find("a")->is_scalar());
}

BOOST_AUTO_TEST_CASE(a_key_that_appears_twice_is_a_syntax_error_and_the_first_stays) {
  const auto document = read_yaml("a: 1\nb:\n  c: 2\n  c: 3\n");
  BOOST_TEST(complaints(document) ==
             "f.yaml:4:3: error: b.c: the key 'c' appears twice; the first is on line 3 [SYNTAX]\n");
  BOOST_TEST(document.root.find("b")->find("c")->text() == "2");
}

BOOST_AUTO_TEST_CASE(a_node_id_that_appears_twice_is_a_duplicate_node) {
  BOOST_TEST(
      complaints("nodes:\n  a: {type: x}\n  a: {type: y}\n") ==
      "f.yaml:3:3: error: nodes.a: two nodes are called 'a'; the first is on line 2 [DUPLICATE_NODE]\n");
}

BOOST_AUTO_TEST_CASE(a_node_id_that_appears_twice_in_a_subgraph_is_a_duplicate_node) {
  BOOST_TEST(complaints("nodes:\n  s:\n    graph:\n      nodes:\n        a: 1\n        a: 2\n") ==
             "f.yaml:6:9: error: nodes.s.graph.nodes.a: two nodes are called 'a'; the first is on line 5 "
             "[DUPLICATE_NODE]\n");
}

BOOST_AUTO_TEST_CASE(an_option_called_nodes_does_not_hold_nodes) {
  BOOST_TEST(complaints("x:\n  nodes:\n    a: 1\n    a: 2\n").find("[SYNTAX]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_syntax_error_has_a_line_and_a_column) {
  BOOST_TEST(complaints("a: [1, 2\nb: 3\n").rfind("f.yaml:2:", 0) == 0u);
  BOOST_TEST(complaints("a: b: c\n") == "f.yaml:1:5: error: illegal map value [SYNTAX]\n");
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_a_finding) {
  const auto expected =
      "f.yaml: error: the file is empty; it needs at least version, nodes and edges [SYNTAX]\n";
  BOOST_TEST(complaints("") == expected);
  BOOST_TEST(complaints("# only a comment\n") == expected);
}

BOOST_AUTO_TEST_CASE(a_second_document_is_refused) {
  BOOST_TEST(complaints("a: 1\n---\nb: 2\n").find("a second document begins here") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_skipped) {
  const auto document = read_yaml("\xEF\xBB\xBF"
                                  "a: 1\n");
  BOOST_TEST(complaints(document) == "");
  BOOST_TEST(document.root.find("a")->text() == "1");
}

BOOST_AUTO_TEST_CASE(aliases_are_expanded) {
  const auto document = read_yaml("a: &x {k: 1}\nb: *x\n");
  BOOST_TEST(complaints(document) == "");
  BOOST_TEST(document.root.find("b")->find("k")->text() == "1");
}

BOOST_AUTO_TEST_CASE(merge_keys_add_what_the_map_does_not_say) {
  const auto document = read_yaml("base: &x {k: 1, l: 2}\nb:\n  l: 3\n  <<: *x\n");
  BOOST_TEST(complaints(document) == "");
  const auto* merged = document.root.find("b");
  BOOST_TEST(merged->find("k")->text() == "1");
  BOOST_TEST(merged->find("l")->text() == "3");
  BOOST_TEST(!merged->find("<<"));
}

BOOST_AUTO_TEST_CASE(an_alias_of_what_contains_it_is_refused) {
  BOOST_TEST(complaints("a: &x [1, *x]\n").find("an alias refers to a value that contains it") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bomb_of_aliases_is_refused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k)
      bomb += ", " + before;
    bomb += "]\n";
  }
  const auto document = read_yaml(bomb);
  BOOST_REQUIRE(document.found.size() == 1u);
  BOOST_TEST(document.found[0].code == finding_code::syntax);
  BOOST_TEST(document.found[0].text == "more than 1000000 values once aliases are expanded");
  BOOST_TEST(document.found[0].position.known());
}

BOOST_AUTO_TEST_CASE(a_bomb_of_one_large_scalar_is_refused) {
  const auto bomb = "a: &a '" + std::string(1 << 20, 'x') + "'\nb: [" + repeated("*a, ", 200) + "*a]\n";
  BOOST_TEST(complaints(bomb).find("more than 64 MiB of text once aliases are expanded") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  BOOST_TEST(complaints(repeated("[", 128) + repeated("]", 128)) == "");
  BOOST_TEST(complaints(repeated("[", 129) + repeated("]", 129)).find("nest deeper than 128") !=
             std::string::npos);
  BOOST_TEST(complaints(repeated("- ", 200) + "x").find("nest deeper than 128") != std::string::npos);
  BOOST_TEST(complaints(repeated("? ", 200) + "x").find("[SYNTAX]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_an_alias_stands_for_nests_as_if_it_stood_there) {
  const auto deep = "a: &deep " + repeated("[", 100) + repeated("]", 100) + "\n";
  const auto within = [&](int lists) {
    return deep + "b: " + repeated("[", lists) + "*deep" + repeated("]", lists);
  };
  BOOST_TEST(complaints(within(27)) == "");
  BOOST_TEST(complaints(within(28)).find("nest deeper than 128") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_million_open_brackets_are_refused_before_the_parser_sees_them) {
  BOOST_TEST(complaints("a: " + std::string(1'000'000, '[')) ==
             "f.yaml:1:1004: error: brackets nest deeper than 1000 [SYNTAX]\n");
  BOOST_TEST(complaints("a:\n" + repeated("[\n", 100'000)).find("brackets nest deeper") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(brackets_in_scalars_and_comments_do_not_nest) {
  const auto brackets = std::string(2000, '[');
  BOOST_TEST(complaints("a: '" + brackets + "'\n") == "");
  BOOST_TEST(complaints("a: \"" + brackets + "\"\n") == "");
  BOOST_TEST(complaints("a: x" + brackets + "\n") == "");
  BOOST_TEST(complaints("a: 1 # " + brackets + "\n") == "");
  BOOST_TEST(complaints("a: [1 # " + brackets + "\n]\n") == "");
  BOOST_TEST(complaints("a: |\n  " + brackets + "\n  more\nb: 1\n") == "");
  BOOST_TEST(complaints("- a: >-\n    " + brackets + "\n  b: 1\n") == "");
}

BOOST_AUTO_TEST_CASE(a_number_sign_within_a_word_begins_no_comment) {
  BOOST_TEST(complaints("a: [1#" + std::string(2000, '[') + "\n]\n").find("brackets nest deeper") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(brackets_after_a_block_scalar_are_seen) {
  const auto text = "- a: |\n    text\n  b: " + std::string(2000, '[');
  BOOST_TEST(complaints(text).find("brackets nest deeper") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(control_characters_are_refused) {
  BOOST_TEST(
      complaints(std::string("a: 1\nb: \x04\nc: 3\n")) ==
      "f.yaml:2:4: error: the character U+0004 does not belong in YAML; write it as \"\\x04\" [SYNTAX]\n");
  BOOST_TEST(complaints(std::string("a: \0\n", 5)).find("U+0000") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_map_as_a_key_is_refused) {
  BOOST_TEST(complaints("{a: 1}: 2\n").find("a key must be a scalar") != std::string::npos);
  BOOST_TEST(complaints("? [a]\n: 2\n").find("a key must be a scalar") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(foreign_tags_are_refused) {
  BOOST_TEST(complaints("a: !secret x\n").find("the tag '!secret' is not supported") != std::string::npos);
  BOOST_TEST(complaints("a: !!str 5\n") == "");
  BOOST_TEST(read_yaml("a: !!str 5\n").root.find("a")->is_quoted());
}

BOOST_AUTO_TEST_CASE(a_text_above_the_limit_is_refused) {
  BOOST_TEST(complaints("# " + std::string(configuration_limit, 'x')) ==
             "f.yaml: error: the file is larger than 16 MiB [SYNTAX]\n");
}

BOOST_AUTO_TEST_CASE(no_beginning_of_a_text_escapes_as_an_exception) {
  const std::string text =
      "a: &x {k: [1, 'two', \"th\\nree\"], ? l : *y}\n<<: [*x]\nb: |\n  text\n- !!str x\n%TAG\n--- \n@\t`";
  for (std::size_t length = 0; length <= text.size(); ++length)
    BOOST_CHECK_NO_THROW(read_yaml(text.substr(0, length)));
}

BOOST_AUTO_TEST_SUITE_END()
