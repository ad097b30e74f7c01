#include "model/base/defaults.hpp"
#include "model/message/error_record.hpp"
#include "model/message/json.hpp"
#include "nodes/io/file_sink.hpp"
#include "nodes/io/io_options.hpp"
#include "nodes/io/null_sink.hpp"
#include "nodes/io/stdout_sink.hpp"
#include "tests/nodes/io_temporary_folder.hpp"
#include "tests/nodes/io_text_lines.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <unistd.h>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::json_message;
using sluice::testing::node_harness;
using sluice::testing::temporary_folder;
using sluice::testing::text_message;
using sluice::testing::write_all;
using scalars = std::vector<std::pair<std::string, std::string>>;

namespace {

/// A `stdout` that writes to `descriptor`.
node_type stdout_to(int descriptor) {
  auto type = stdout_sink_type();
  type.make = [descriptor](const options& given) {
    return std::make_unique<stdout_sink>(descriptor, format_of(given));
  };
  return type;
}

/// Returns what is in the pipe now.
std::string taken_from(const file_descriptor& end) {
  std::string all;
  std::array<char, 65536> some;
  while (wait_for(end.get(), readiness::readable, 0)) {
    const auto count = ::read(end.get(), some.data(), some.size());
    if (count <= 0)
      break;
    all.append(some.data(), static_cast<std::size_t>(count));
  }
  return all;
}

/// As the program does: a reader that has gone is an error number, not a signal.
struct without_sigpipe {
  without_sigpipe() { (void)::signal(SIGPIPE, SIG_IGN); }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(without_sigpipe);

BOOST_AUTO_TEST_SUITE(io_sinks)

BOOST_AUTO_TEST_CASE(lines_are_written_by_the_tick_after_the_slice) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  write_all(harness, {"one", "", std::string_view("a\0\xff\r", 4)});
  BOOST_TEST(taken_from(pipe.reading).empty());
  harness.advance(0ns);
  BOOST_TEST(taken_from(pipe.reading) == std::string("one\n\na\0\xff\r\n", 10));
  BOOST_TEST(!harness.tick_pending());
  write_all(harness, {"two"});
  harness.advance(0ns);
  BOOST_TEST(taken_from(pipe.reading) == "two\n");
}

BOOST_AUTO_TEST_CASE(what_is_left_is_written_at_the_end) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  write_all(harness, {"last"});
  harness.end();
  BOOST_TEST(taken_from(pipe.reading) == "last\n");
  harness.stop();
  BOOST_TEST(taken_from(pipe.reading).empty());
}

BOOST_AUTO_TEST_CASE(what_is_left_is_written_at_a_stop_without_an_end) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  write_all(harness, {"last"});
  harness.stop();
  BOOST_TEST(taken_from(pipe.reading) == "last\n");
  BOOST_TEST(harness.discarded() == 0U);
}

BOOST_AUTO_TEST_CASE(a_format_chooses_between_text_and_json) {
  for (const auto& [format, expected] : std::initializer_list<std::pair<const char*, const char*>>{
           {"text", "say \"hi\"\n{\"a\":1}\n"}, {"json", "\"say \\\"hi\\\"\"\n{\"a\":1}\n"}}) {
    auto pipe = make_pipe();
    node_harness harness(stdout_to(pipe.writing.get()), scalars{{"format", format}});
    harness.start();
    harness.feed(text_message("say \"hi\""));
    harness.feed(json_message(R"({"a": 1})"));
    harness.end();
    BOOST_TEST(taken_from(pipe.reading) == expected);
  }
}

BOOST_AUTO_TEST_CASE(error_messages_are_written_too) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  harness.feed(message(error_record{"bad_json", "no", "parse", text_message("x")}, message_kind::error));
  harness.end();
  BOOST_TEST(json::parse(taken_from(pipe.reading)).dump().find("\"bad_json\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_that_has_gone_closes_the_sink) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  pipe.reading.close();
  write_all(harness, {"1", "2"});
  const auto is_closed = [](const error& failed) { return failed.code() == "closed_pipe"; };
  BOOST_CHECK_EXCEPTION(harness.advance(0ns), error, is_closed);
  BOOST_TEST(harness.discarded() == 2U);
  write_all(harness, {"3"});
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].code == "closed_pipe");
  harness.end();
  harness.stop();
  BOOST_TEST(harness.discarded() == 2U);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stands_still_holds_messages_back_and_gets_them_all_in_order) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  std::string expected;
  std::size_t number = 0;
  const auto line = [](std::size_t n) { return std::to_string(n) + std::string(2000, '.'); };
  while (harness.feed(text_message(line(number)))) {
    BOOST_TEST_REQUIRE(expected.size() < 1'000'000U); // a pipe holds 64 KiB, and so does the sink
    expected += line(number++) + "\n";
  }
  BOOST_TEST(harness.held() > 0U);
  BOOST_TEST(harness.tick_pending());

  std::string received = taken_from(pipe.reading);
  BOOST_TEST(harness.feed(text_message(line(number)))); // the one that was held back
  expected += line(number) + "\n";
  while (received.size() < expected.size()) {
    harness.advance(1ms);
    received += taken_from(pipe.reading);
  }
  BOOST_TEST((received == expected));
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(an_abort_ends_the_wait_for_a_reader_that_stands_still) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  harness.feed(text_message(std::string(200'000, 'x')));
  harness.set_aborting();
  harness.end(); // returns
  harness.stop();
  BOOST_TEST(harness.discarded() == 1U);
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_stuck_reader_does_not_take_is_counted_at_a_stop) {
  auto pipe = make_pipe();
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  std::size_t count = 0;
  while (harness.feed(text_message(std::string(1023, 'x'))))
    ++count;
  harness.stop();
  const auto received = taken_from(pipe.reading);
  BOOST_TEST(harness.discarded() == count - received.size() / 1024);
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(a_nonblocking_stdout_is_served_too) {
  auto pipe = make_pipe();
  set_nonblocking(pipe.writing.get());
  node_harness harness(stdout_to(pipe.writing.get()), scalars{});
  harness.start();
  const std::string large(300'000, 'x');
  harness.feed(text_message(large));
  std::string received;
  while (received.size() <= large.size()) {
    harness.advance(1ms);
    received += taken_from(pipe.reading);
  }
  BOOST_TEST((received == large + "\n"));
}

BOOST_AUTO_TEST_CASE(a_writer_counts_messages_that_are_written_in_part) {
  auto pipe = make_pipe();
  set_nonblocking(pipe.writing.get());
  line_writer writer(line_format::text);
  writer.attach(pipe.writing.get());
  writer.append(text_message("small"));
  writer.append(text_message(std::string(200'000, 'x')));
  writer.append(text_message("small"));
  BOOST_TEST((writer.flush(0) == line_writer::result::waiting));
  BOOST_TEST(writer.messages() == 2U);
  BOOST_TEST(writer.give_up() == 2U);
  BOOST_TEST(writer.is_empty());
}

BOOST_AUTO_TEST_CASE(a_file_is_emptied_or_appended_to) {
  temporary_folder dir;
  const auto path = dir.file("out");
  const auto write = [&](const char* append, std::string_view line) {
    node_harness harness(file_sink_type(), scalars{{"path", path}, {"append", append}});
    harness.start();
    harness.feed(text_message(line));
    harness.end();
    harness.stop();
  };
  write("false", "old");
  write("false", "new");
  BOOST_TEST(dir.content("out") == "new\n");
  write("true", "more");
  BOOST_TEST(dir.content("out") == "new\nmore\n");
}

BOOST_AUTO_TEST_CASE(many_lines_arrive_whole) {
  temporary_folder dir;
  node_harness harness(file_sink_type(), scalars{{"path", dir.file("out")}});
  harness.start();
  std::string expected;
  for (int number = 0; number < 50'000; ++number) {
    expected += std::to_string(number) + "\n";
    harness.feed(text_message(std::to_string(number)));
  }
  harness.end();
  BOOST_TEST((dir.content("out") == expected));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_named_with_the_reason) {
  for (const auto& [path, reason] : std::initializer_list<std::pair<const char*, const char*>>{
           {"/nowhere/out", "No such file"}, {"/tmp", "directory"}}) {
    node_harness harness(file_sink_type(), scalars{{"path", path}});
    const auto is_named = [wanted_path = path, wanted_reason = reason](const error& failed) {
      const std::string text = failed.what();
      return failed.code() == "cannot_open" && text.find(wanted_path) != std::string::npos &&
             text.find(wanted_reason) != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(harness.start(), error, is_named);
    harness.stop();
  }
}

BOOST_AUTO_TEST_CASE(null_takes_everything_and_has_an_alias) {
  BOOST_TEST(null_sink_type().alias == "discard");
  node_harness harness(null_sink_type(), scalars{});
  harness.start();
  BOOST_TEST(harness.feed(text_message("gone")));
  BOOST_TEST(harness.feed(json_message("1")));
  harness.end();
  BOOST_TEST(harness.failures().empty());
}

BOOST_AUTO_TEST_SUITE_END()
