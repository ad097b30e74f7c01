#include "nodes/io/line_splitter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

using namespace sluice;

namespace {

/// Feeds `input` in pieces of `piece` bytes; a line over the limit comes out as `!` and its start.
std::vector<std::string> split(line_splitter& splitter, std::string_view input, std::size_t piece,
                               bool finish = true) {
  std::vector<std::string> lines;
  const auto take = [&] {
    std::string_view line;
    for (auto found = splitter.next(line); found != line_splitter::outcome::none; found = splitter.next(line))
      lines.push_back((found == line_splitter::outcome::too_long ? "!" : "") + std::string(line));
  };
  while (!input.empty()) {
    const auto space = splitter.space();
    const auto count = std::min({piece, space.size(), input.size()});
    std::memcpy(space.data(), input.data(), count);
    splitter.filled(count);
    input.remove_prefix(count);
    take();
  }
  if (finish)
    splitter.finish();
  take();
  return lines;
}

std::vector<std::string> split(std::string_view input, std::size_t piece, std::size_t limit = 100,
                               std::size_t buffer = 16) {
  line_splitter splitter(limit, buffer);
  return split(splitter, input, piece);
}

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(io_line_splitter)

BOOST_AUTO_TEST_CASE(lines_do_not_depend_on_where_reads_end) {
  const std::string input = "one\n\ntwo and a half\r\nthree is longer than the buffer of sixteen bytes\nlast";
  const lines expected{"one", "", "two and a half\r", "three is longer than the buffer of sixteen bytes",
                       "last"};
  for (std::size_t piece = 1; piece <= input.size(); ++piece)
    BOOST_TEST(split(input, piece) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_end_at_the_end_starts_no_empty_line) {
  BOOST_TEST(split("a\n", 1) == lines{"a"}, boost::test_tools::per_element());
  BOOST_TEST(split("\n", 1) == lines{""}, boost::test_tools::per_element());
  BOOST_TEST(split("", 1).empty());
}

BOOST_AUTO_TEST_CASE(nul_and_invalid_bytes_pass_untouched) {
  const std::string odd("a\0b\xff\xfe\nc", 7);
  BOOST_TEST(split(odd, 3) == (lines{std::string("a\0b\xff\xfe", 5), "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_line_of_exactly_the_limit_passes_and_one_byte_more_does_not) {
  for (std::size_t piece : {1, 3, 50}) {
    BOOST_TEST(split("12345\n6\n", piece, 5) == (lines{"12345", "6"}), boost::test_tools::per_element());
    BOOST_TEST(split("12345", piece, 5) == (lines{"12345"}), boost::test_tools::per_element());
    const auto found = split("123456\n7\n", piece, 5);
    BOOST_TEST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found[0].substr(0, 6) == "!12345");
    BOOST_TEST(found[1] == "7");
  }
}

BOOST_AUTO_TEST_CASE(a_line_over_the_limit_is_reported_once_and_skipped_to_its_end) {
  const std::string input = "ok\n" + std::string(5000, 'x') + "\nnext\n" + std::string(300, 'y');
  for (std::size_t piece : {1, 7, 16, 4000}) {
    const auto found = split(input, piece, 100);
    BOOST_TEST_REQUIRE(found.size() == 4U);
    BOOST_TEST(found[0] == "ok");
    BOOST_TEST(found[1].substr(0, 11) == "!xxxxxxxxxx");
    BOOST_TEST(found[2] == "next");
    BOOST_TEST(found[3].substr(0, 3) == "!yy");
  }
}

BOOST_AUTO_TEST_CASE(memory_stays_below_the_limit_and_one_buffer) {
  line_splitter splitter(1000, 64);
  const std::string endless(100'000, 'x');
  const auto found = split(splitter, endless, 64);
  BOOST_TEST(found.size() == 1U);
  BOOST_TEST(splitter.capacity() <= 1064U);
}

BOOST_AUTO_TEST_CASE(lines_are_counted_from_one) {
  line_splitter splitter(5, 16);
  BOOST_TEST(splitter.lines() == 0U);
  (void)split(splitter, "a\ntoo long for it\nc", 4);
  BOOST_TEST(splitter.lines() == 3U);
}

BOOST_AUTO_TEST_CASE(a_reset_forgets_the_rest_of_a_line_and_a_skip) {
  line_splitter splitter(5, 16);
  (void)split(splitter, "a\nhalf", 4, false);
  BOOST_TEST(splitter.pending() == 4U);
  splitter.reset();
  BOOST_TEST(splitter.pending() == 0U);
  (void)split(splitter, "far too long", 4, false);
  splitter.reset();
  BOOST_TEST(split(splitter, "new\n", 4) == lines{"new"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
