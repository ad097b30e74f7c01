#include "steps/captured_text.hpp"
#include "steps/exec/line_feed.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(captured_output)

BOOST_AUTO_TEST_CASE(what_is_beyond_the_limit_is_left_out_and_said) {
  captured_text text(5);
  text.append("abc");
  text.append("de");
  BOOST_TEST(text.text(5) == "abcde");
  BOOST_TEST(!text.truncated(5));
  BOOST_TEST(text.text(3) == "abc");
  BOOST_TEST(text.truncated(3));
  text.append("f");
  BOOST_TEST(text.text(5) == "abcde");
  BOOST_TEST(text.truncated(5));
}

BOOST_AUTO_TEST_CASE(no_character_is_cut_in_two) {
  captured_text text(4);
  text.append("aé€");
  BOOST_TEST(text.text(4) == "aé");
  captured_text whole(6);
  whole.append("aé€");
  BOOST_TEST(whole.text(6) == "aé€");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_replaced) {
  captured_text text(10);
  text.append("a\xff\xc3");
  BOOST_TEST(text.text(10) == "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(lines_come_whole_however_they_arrive) {
  std::vector<std::string> lines;
  line_feed feed([&](std::string_view line) { lines.emplace_back(line); });
  feed.append("on");
  feed.append("e\ntwo\r\n\n");
  feed.append("thr\xff");
  BOOST_TEST(lines.size() == 3U);
  BOOST_TEST(feed.last_line() == "two");
  feed.finish();
  const std::vector<std::string> wanted = {"one", "two", "", "thr\xEF\xBF\xBD"};
  BOOST_TEST(lines == wanted, boost::test_tools::per_element());
  BOOST_TEST(feed.last_line() == "thr\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_cut) {
  std::vector<std::string> lines;
  line_feed feed([&](std::string_view line) { lines.emplace_back(line); });
  feed.append(std::string(10'000, 'x'));
  feed.append(std::string(10'000, 'y') + "\nnext\n");
  BOOST_TEST_REQUIRE(lines.size() == 2U);
  BOOST_TEST(lines[0] == std::string(4096, 'x') + "…");
  BOOST_TEST(lines[1] == "next");
}

BOOST_AUTO_TEST_SUITE_END()
