#include "nodes/io/exec_sink.hpp"
#include "tests/nodes/io_exec_scene.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(io_exec_sink)

BOOST_AUTO_TEST_CASE(messages_become_lines_of_its_stdin) {
  temporary_folder dir;
  node_harness harness(exec_sink_type(), given(shell("cat > " + dir.file("out"))));
  harness.start();
  std::string expected;
  for (int number = 0; number < 1000; ++number) {
    BOOST_TEST_REQUIRE(harness.feed(text_message(std::to_string(number))));
    expected += std::to_string(number) + "\n";
  }
  harness.advance(0ns);
  harness.end();
  BOOST_TEST((dir.content("out") == expected));
  BOOST_TEST(childless());
  harness.stop();
}

BOOST_AUTO_TEST_CASE(a_format_may_be_json) {
  temporary_folder dir;
  node_harness harness(exec_sink_type(), given(shell("cat > " + dir.file("out")), {{"format", "json"}}));
  harness.start();
  harness.feed(text_message("a \"b\""));
  harness.end();
  BOOST_TEST(dir.content("out") == "\"a \\\"b\\\"\"\n");
}

BOOST_AUTO_TEST_CASE(a_slow_reader_holds_messages_back_until_it_reads) {
  temporary_folder dir;
  // It reads only once the file `go` is there.
  const auto script = "while ! test -e " + dir.file("go") + "; do :; done; cat > " + dir.file("out");
  node_harness harness(exec_sink_type(), given(shell(script)));
  harness.start();
  std::string expected;
  std::string line(1000, 'x');
  while (harness.feed(text_message(line)))
    expected += line + "\n";
  BOOST_TEST(harness.held() > 0U);
  dir.put("go", "");
  harness.end();
  BOOST_TEST((dir.content("out") == expected));
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(its_failure_shows_at_the_end) {
  node_harness harness(exec_sink_type(), given(shell("cat > /dev/null; echo sorry >&2; exit 4")));
  harness.start();
  harness.feed(text_message("x"));
  BOOST_CHECK_EXCEPTION(harness.end(), error, [](const error& failed) {
    return failed.code() == "command_failed" &&
           std::string(failed.what()).find("status 4; the last it wrote to stderr: sorry") !=
               std::string::npos;
  });
  BOOST_TEST(harness.logged() == strings{"command_stderr: sorry"}, boost::test_tools::per_element());
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(one_that_stops_reading_and_exits_well_ends_the_flow_cleanly) {
  (void)::signal(SIGPIPE, SIG_IGN);
  node_harness harness(exec_sink_type(), given({"true"}));
  harness.start();
  std::vector<node_harness::failure> failed;
  while (failed.empty()) {
    harness.feed(text_message(std::string(100'000, 'x')));
    failed = harness.failures();
  }
  BOOST_TEST(failed[0].code == "closed_pipe");
  harness.end();
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(one_that_stops_reading_because_it_failed_is_an_error) {
  (void)::signal(SIGPIPE, SIG_IGN);
  node_harness harness(exec_sink_type(), given(shell("echo sorry >&2; exit 9")));
  harness.start();
  std::vector<node_harness::failure> failed;
  while (failed.empty()) {
    harness.feed(text_message(std::string(100'000, 'x')));
    failed = harness.failures();
  }
  BOOST_TEST(failed[0].code == "command_failed");
  BOOST_TEST(failed[0].text.find("sorry") != std::string::npos);
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_stopping_flow_waits_for_it_no_longer_than_its_grace) {
  node_harness harness(exec_sink_type(), given({"sleep", "1000"}, {{"grace", "30ms"}}));
  harness.start();
  harness.set_stopping();
  BOOST_CHECK_EXCEPTION(harness.end(), error, [](const error& failed) {
    return std::string(failed.what()).find("SIGTERM") != std::string::npos;
  });
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_CASE(a_stop_without_an_end_ends_it) {
  node_harness harness(exec_sink_type(), given({"sleep", "1000"}, {{"grace", "1s"}}));
  harness.start();
  harness.stop();
  BOOST_TEST(childless());
}

BOOST_AUTO_TEST_SUITE_END()
