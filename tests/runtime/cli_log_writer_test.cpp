#include "runtime/cli/log_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

using namespace sluice;

namespace {

std::string logged(const log_writer::settings& wanted, log_level level, const std::string& event,
                   const std::string& text) {
  std::ostringstream err;
  console screen(err);
  log_writer writer(screen, wanted);
  writer.sink()(level, event, text);
  return err.str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_log_writer)

BOOST_AUTO_TEST_CASE(a_json_line_is_one_object) {
  const auto line =
      logged({"info", true, false}, log_level::warning, "node_failed", "it said \"no\"\nand {left} %v \xff");
  BOOST_TEST(line.find('\n') == line.size() - 1);
  const auto parsed = nlohmann::json::parse(line);
  BOOST_TEST(parsed["level"] == "warning");
  BOOST_TEST(parsed["event"] == "node_failed");
  BOOST_TEST(parsed["message"] == "it said \"no\"\nand {left} %v \xEF\xBF\xBD");
  BOOST_TEST(parsed["time"].get<std::string>().back() == 'Z');
}

BOOST_AUTO_TEST_CASE(a_text_line_has_level_event_and_text) {
  const auto line = logged({"info", false, false}, log_level::error, "node_failed", "it broke");
  BOOST_TEST(line.find("error node_failed: it broke\n") != std::string::npos);
  BOOST_TEST(line.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(colours_are_for_terminals) {
  const auto line = logged({"info", false, true}, log_level::error, "node_failed", "it broke");
  BOOST_TEST(line.find("\x1b[31merror\x1b[0m node_failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_below_the_level_is_left_out) {
  BOOST_TEST(logged({"warning", false, false}, log_level::info, "flow_started", "x") == "");
  BOOST_TEST(logged({"warning", false, false}, log_level::warning, "flow_started", "x") != "");
  BOOST_TEST(logged({"debug", false, false}, log_level::debug, "flow_started", "x") != "");
  BOOST_TEST(logged({"error", true, false}, log_level::warning, "flow_started", "x") == "");
}

BOOST_AUTO_TEST_CASE(announcements_pass_by_the_level_and_keep_the_format) {
  std::ostringstream err;
  console screen(err);
  log_writer(screen, {"warning", false, false}).announce("flow_stopping", "stopping");
  BOOST_TEST(err.str() == "sluice: stopping\n");
  err.str("");
  log_writer(screen, {"warning", true, false}).announce("flow_stopping", "stopping");
  BOOST_TEST(nlohmann::json::parse(err.str())["event"] == "flow_stopping");
}

BOOST_AUTO_TEST_CASE(where_only_errors_are_wanted_nothing_is_announced) {
  std::ostringstream err;
  console screen(err);
  log_writer(screen, {"error", false, false}).announce("flow_stopping", "stopping");
  log_writer(screen, {"error", true, false}).announce("flow_stopping", "stopping");
  BOOST_TEST(err.str() == "");
}

BOOST_AUTO_TEST_CASE(a_log_line_goes_above_the_live_frame) {
  std::ostringstream err;
  console screen(err);
  screen.draw({"one", "two"});
  err.str("");
  screen.write_line("logged");
  BOOST_TEST(err.str() == "\x1b[2A\r\x1b[Jlogged\none\ntwo\n");
  err.str("");
  screen.clear();
  BOOST_TEST(err.str() == "\x1b[2A\r\x1b[J");
  err.str("");
  screen.write_line("after");
  BOOST_TEST(err.str() == "after\n");
}

BOOST_AUTO_TEST_SUITE_END()
