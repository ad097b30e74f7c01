#include "model/base/defaults.hpp"
#include "nodes/io/file_source.hpp"
#include "nodes/io/io_options.hpp"
#include "nodes/io/stdin_source.hpp"
#include "tests/nodes/io_temporary_folder.hpp"
#include "tests/nodes/io_text_lines.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace sluice;
using sluice::testing::next_lines;
using sluice::testing::node_harness;
using sluice::testing::temporary_folder;
using strings = std::vector<std::string>;
using scalars = std::vector<std::pair<std::string, std::string>>;

namespace {

/// A `stdin` that reads from `descriptor`.
node_type stdin_from(int descriptor) {
  auto type = stdin_source_type();
  type.make = [descriptor](const options& given) {
    return std::make_unique<stdin_source>(descriptor, line_limit_of(given));
  };
  return type;
}

void write_to(const file_descriptor& end, std::string_view bytes) {
  BOOST_TEST_REQUIRE(::write(end.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
}

strings lines_to_the_end(node_harness& harness, std::size_t room = 256) {
  strings lines;
  for (auto said = produce_result::more; said != produce_result::done;) {
    said = harness.produce(room);
    auto some = harness.texts();
    BOOST_TEST_REQUIRE(some.size() <= room);
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

/// Asks until the source logged `event`.
void until_logged(node_harness& harness, std::string_view event) {
  const auto seen = [&] {
    for (const auto& line : harness.logged())
      if (line.starts_with(event))
        return true;
    return false;
  };
  while (!seen())
    (void)harness.produce();
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_lines)

BOOST_AUTO_TEST_CASE(stdin_lines_become_messages_until_its_writers_are_gone) {
  auto pipe = make_pipe();
  node_harness harness(stdin_from(pipe.reading.get()), scalars{});
  harness.start();
  write_to(pipe.writing, "one\r\n\ntwo");
  BOOST_TEST(next_lines(harness, 2) == (strings{"one\r", ""}), boost::test_tools::per_element());
  write_to(pipe.writing, std::string_view("two\0\xff\nrest", 10));
  pipe.writing.close();
  BOOST_TEST(lines_to_the_end(harness) == (strings{"two" + std::string("two\0\xff", 5), "rest"}),
             boost::test_tools::per_element());
  BOOST_TEST((harness.produce() == produce_result::done));
}

BOOST_AUTO_TEST_CASE(a_source_without_input_gives_up_its_turn) {
  auto pipe = make_pipe();
  node_harness harness(stdin_from(pipe.reading.get()), scalars{});
  BOOST_TEST((harness.produce() == produce_result::more));
  BOOST_TEST(harness.texts().empty());
}

BOOST_AUTO_TEST_CASE(no_more_lines_than_there_is_room_for) {
  auto pipe = make_pipe();
  write_to(pipe.writing, "1\n2\n3\n4\n5\n");
  pipe.writing.close();
  node_harness harness(stdin_from(pipe.reading.get()), scalars{});
  BOOST_TEST((harness.produce(0) == produce_result::more));
  BOOST_TEST(lines_to_the_end(harness, 2) == (strings{"1", "2", "3", "4", "5"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(messages_carry_trace_ids_of_their_own_and_the_time_of_reading) {
  auto pipe = make_pipe();
  write_to(pipe.writing, "a\nb\n");
  node_harness harness(stdin_from(pipe.reading.get()), scalars{});
  (void)harness.produce();
  const auto made = harness.messages();
  BOOST_TEST_REQUIRE(made.size() == 2U);
  BOOST_TEST((made[0].trace() == trace_id{7, 1}));
  BOOST_TEST((made[1].trace() == trace_id{7, 2}));
  BOOST_TEST(made[0].timestamp().count() == 1'700'000'000'000'000'000);
}

BOOST_AUTO_TEST_CASE(a_line_over_the_limit_fails_with_its_first_bytes_and_names_the_option) {
  temporary_folder dir;
  const auto path = dir.put("long", "ok\n" + std::string(3'000'000, 'x') + "\nnext\n");
  node_harness harness(file_source_type(), scalars{{"path", path}});
  harness.start();
  BOOST_TEST(lines_to_the_end(harness) == (strings{"ok", "next"}), boost::test_tools::per_element());
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].code == "line_too_long");
  BOOST_TEST(failed[0].original.get<text>().view() == std::string(256, 'x'));
  for (const auto* part : {"line 2 of", path.c_str(), "1048576 bytes", "line_limit"})
    BOOST_TEST(failed[0].text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(the_limit_can_be_raised) {
  temporary_folder dir;
  const auto path = dir.put("long", std::string(3'000'000, 'x'));
  node_harness harness(file_source_type(), scalars{{"path", path}, {"line_limit", "3MB"}});
  harness.start();
  const auto lines = lines_to_the_end(harness);
  BOOST_TEST_REQUIRE(lines.size() == 1U);
  BOOST_TEST(lines[0].size() == 3'000'000U);
  BOOST_TEST(harness.failures().empty());
}

BOOST_AUTO_TEST_CASE(an_input_that_cannot_be_read_fails_once_and_ends_the_source) {
  temporary_folder dir;
  file_descriptor directory(::open(dir.path().c_str(), O_RDONLY | O_CLOEXEC));
  node_harness harness(stdin_from(directory.get()), scalars{});
  BOOST_CHECK_EXCEPTION(harness.produce(), error,
                        [](const error& failed) { return failed.code() == "read_failed"; });
  BOOST_TEST((harness.produce() == produce_result::done));
}

BOOST_AUTO_TEST_CASE(what_stdin_read_ahead_of_a_file_is_put_back_at_a_stop) {
  temporary_folder dir;
  file_descriptor file(::open(dir.put("in", "1\n2\n3\n").c_str(), O_RDONLY | O_CLOEXEC));
  node_harness harness(stdin_from(file.get()), scalars{});
  BOOST_TEST((harness.produce(1) == produce_result::more));
  harness.end();
  harness.stop();
  BOOST_TEST(::lseek(file.get(), 0, SEEK_CUR) == 2);
}

BOOST_AUTO_TEST_CASE(what_stdin_read_ahead_of_a_pipe_is_logged_at_a_stop) {
  auto pipe = make_pipe();
  write_to(pipe.writing, "1\n2\n3\n");
  node_harness harness(stdin_from(pipe.reading.get()), scalars{});
  (void)harness.produce(1);
  harness.stop();
  BOOST_TEST_REQUIRE(harness.logged().size() == 1U);
  BOOST_TEST(harness.logged()[0].find("4 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_is_read_to_its_end) {
  temporary_folder dir;
  std::string content;
  strings expected;
  for (int number = 0; number < 100'000; ++number) {
    expected.push_back("line " + std::to_string(number));
    content += expected.back() + "\n";
  }
  node_harness harness(file_source_type(), scalars{{"path", dir.put("many", content)}});
  harness.start();
  BOOST_TEST((lines_to_the_end(harness) == expected));
}

BOOST_AUTO_TEST_CASE(an_empty_file_ends_at_once) {
  temporary_folder dir;
  node_harness harness(file_source_type(), scalars{{"path", dir.put("empty", "")}});
  harness.start();
  BOOST_TEST(lines_to_the_end(harness).empty());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named_with_the_reason) {
  node_harness harness(file_source_type(), scalars{{"path", "/nowhere/at-all"}});
  BOOST_CHECK_EXCEPTION(harness.start(), error, [](const error& failed) {
    const std::string text = failed.what();
    return failed.code() == "cannot_open" && text.find("/nowhere/at-all") != std::string::npos &&
           text.find("No such file") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_directory_is_refused_in_words) {
  node_harness harness(file_source_type(), scalars{{"path", "/tmp"}, {"follow", "true"}});
  BOOST_CHECK_EXCEPTION(harness.start(), error, [](const error& failed) {
    return failed.code() == "cannot_open" &&
           std::string(failed.what()).find("directory") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(options_are_checked) {
  BOOST_CHECK_THROW(node_harness(file_source_type(), scalars{}), error);
  BOOST_CHECK_THROW(node_harness(file_source_type(), scalars{{"path", ""}}), option_error);
  BOOST_CHECK_THROW(node_harness(file_source_type(), scalars{{"path", "x"}, {"from", "middle"}}), error);
  BOOST_CHECK_THROW(node_harness(file_source_type(), scalars{{"path", "x"}, {"line_limit", "0"}}), error);
}

BOOST_AUTO_TEST_CASE(a_named_pipe_waits_for_its_writer) {
  temporary_folder dir;
  const auto path = dir.file("fifo");
  BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  node_harness harness(file_source_type(), scalars{{"path", path}});
  harness.start();
  BOOST_TEST((harness.produce() == produce_result::more));
  dir.put("fifo", "hello\n", true);
  BOOST_TEST(lines_to_the_end(harness) == strings{"hello"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_followed_file_gives_lines_as_it_grows_and_never_half_of_one) {
  temporary_folder dir;
  const auto path = dir.put("log", "a\nb\nha");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}});
  harness.start();
  BOOST_TEST(next_lines(harness, 2) == (strings{"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST((harness.produce() == produce_result::more));
  BOOST_TEST((harness.produce() == produce_result::more));
  BOOST_TEST(harness.texts().empty());
  dir.put("log", "lf\nc\n", true);
  BOOST_TEST(next_lines(harness, 2) == (strings{"half", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(from_end_skips_what_is_there) {
  temporary_folder dir;
  const auto path = dir.put("log", "old\n");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}, {"from", "end"}});
  harness.start();
  (void)harness.produce();
  dir.put("log", "new\n", true);
  BOOST_TEST(next_lines(harness, 1) == strings{"new"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_truncated_file_is_read_from_its_start_again) {
  temporary_folder dir;
  const auto path = dir.put("log", "first\nsecond\nunfinished");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}});
  harness.start();
  (void)next_lines(harness, 2);
  dir.put("log", "new\n");
  BOOST_TEST(next_lines(harness, 2) == (strings{"unfinished", "new"}), boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(harness.logged().size() == 1U);
  BOOST_TEST(harness.logged()[0].starts_with("file_truncated"));
}

BOOST_AUTO_TEST_CASE(a_rotated_file_is_finished_before_the_new_one) {
  temporary_folder dir;
  const auto path = dir.put("log", "1\n");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}, {"from", "end"}});
  harness.start();
  std::filesystem::rename(path, dir.file("log.1"));
  dir.put("log.1", "2\n3", true);
  dir.put("log", "4\n");
  BOOST_TEST(next_lines(harness, 3) == (strings{"2", "3", "4"}), boost::test_tools::per_element());
  dir.put("log", "5\n", true);
  BOOST_TEST(next_lines(harness, 1) == (strings{"5"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_renamed_file_is_read_on_until_the_path_is_back) {
  temporary_folder dir;
  const auto path = dir.put("log", "1\n");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}});
  harness.start();
  (void)next_lines(harness, 1);
  std::filesystem::rename(path, dir.file("log.1"));
  until_logged(harness, "file_missing");
  dir.put("log.1", "2\n", true);
  BOOST_TEST(next_lines(harness, 1) == strings{"2"}, boost::test_tools::per_element());
  dir.put("log", "3\n");
  BOOST_TEST(next_lines(harness, 1) == strings{"3"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_followed_file_that_is_missing_is_waited_for_and_logged_once) {
  temporary_folder dir;
  node_harness harness(file_source_type(),
                       scalars{{"path", dir.file("later")}, {"follow", "true"}, {"from", "end"}});
  harness.start();
  for (int round = 0; round < 3; ++round)
    BOOST_TEST((harness.produce() == produce_result::more));
  BOOST_TEST(harness.logged().size() == 1U);
  dir.put("later", "here\n");
  BOOST_TEST(next_lines(harness, 1) == strings{"here"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_path_that_becomes_a_directory_is_logged_and_waited_out) {
  temporary_folder dir;
  const auto path = dir.file("later");
  node_harness harness(file_source_type(), scalars{{"path", path}, {"follow", "true"}});
  harness.start();
  std::filesystem::create_directory(path);
  (void)harness.produce();
  std::filesystem::remove(path);
  dir.put("later", "here\n");
  BOOST_TEST(next_lines(harness, 1) == strings{"here"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
