#include "runtime/cli/text_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(cli_text_table)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_they_need_to_be) {
  text_table table({{"NAME"}, {"N", text_table::side::right}, {"LAST"}});
  table.add({"a", "1", "x"});
  table.add({"longer", "1000", ""});
  BOOST_TEST(table.to_string() == "NAME       N  LAST\n"
                                  "a          1  x\n"
                                  "longer  1000  -\n");
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_is_its_heading) {
  const text_table table({{"NAME"}, {"LAST"}});
  BOOST_TEST(table.empty());
  BOOST_TEST(table.to_string() == "NAME  LAST\n");
}

BOOST_AUTO_TEST_CASE(characters_count_not_bytes) {
  text_table table({{"NAME"}, {"X"}});
  table.add({"späti", "1"});
  table.add({"plain", "2"});
  BOOST_TEST(table.to_string() == "NAME   X\nspäti  1\nplain  2\n");
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_not_shown) {
  BOOST_TEST(one_line("a\x1b[2Jb") == "a?[2Jb");
  BOOST_TEST(one_line("a\nb\tc\r\n") == "a b c  ");
  BOOST_TEST(one_line("\xC2\x9B"
                      "2J") == "?2J"); // CSI as one character
  BOOST_TEST(one_line("\x7f\x01") == "??");
  BOOST_TEST(one_line("\xFF späti \xC3") == "? späti ?");
  text_table table({{"X"}});
  table.add({"a\nb"});
  BOOST_TEST(table.to_string() == "X\na b\n");
}

BOOST_AUTO_TEST_SUITE_END()
