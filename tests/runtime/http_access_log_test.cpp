#include "runtime/http/access_log.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace sluice {

namespace {

struct line {
  log_level level;
  std::string event;
  std::string text;
};

access_record some_record() {
  access_record record;
  record.method = "GET";
  record.path = "/runs";
  record.status = 200;
  record.bytes = 12;
  record.took = std::chrono::microseconds{1250};
  record.id = "id-1";
  record.caller = "admin-token";
  record.remote = "127.0.0.1";
  return record;
}

std::vector<line> told(const access_record& record, log_level least = log_level::debug) {
  std::vector<line> lines;
  const access_log log(
      [&lines](log_level level, std::string_view event, std::string_view text) {
        lines.push_back({level, std::string(event), std::string(text)});
      },
      least);
  log.tell(record);
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_access_log_test)

BOOST_AUTO_TEST_CASE(a_line_says_who_asked_what_and_what_came_of_it) {
  const auto lines = told(some_record());
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].event == "http_request");
  BOOST_TEST(lines[0].text == "GET /runs 200 1.2 ms 12 bytes id=id-1 remote=127.0.0.1 caller=admin-token");
}

BOOST_AUTO_TEST_CASE(success_is_debug_and_the_rest_is_info) {
  for (const unsigned status : {101u, 200u, 304u, 400u, 503u}) {
    auto record = some_record();
    record.status = status;
    const auto lines = told(record);
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST((lines[0].level == (status < 400 ? log_level::debug : log_level::info)), status);
    BOOST_TEST(told(record, log_level::info).size() == (status < 400 ? 0u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(what_a_client_sent_cannot_forge_a_line) {
  auto record = some_record();
  record.path = "/a\"\n\x1b[31m\xff b";
  const auto lines = told(record);
  BOOST_TEST((lines.at(0).text.find("/a\\x22\\x0a\\x1b[31m\\xff\\x20b 200") != std::string::npos),
             lines.at(0).text);
  const std::string endless(10'000, 'x');
  record.path = endless;
  BOOST_TEST(told(record).at(0).text.size() < 1'000u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_not_taken_is_told_so) {
  auto record = some_record();
  record.cut = true;
  BOOST_TEST((told(record).at(0).text.find("left") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(without_a_sink_nothing_happens) {
  access_log(nullptr, log_level::debug).tell(some_record());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
