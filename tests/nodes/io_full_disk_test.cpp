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
using sluice::testing::node_harness;
using sluice::testing::temporary_folder;
using sluice::testing::text_message;
using sluice::testing::write_all;
using scalars = std::vector<std::pair<std::string, std::string>>;

namespace {

/// A file that refuses some attempts.
struct disk {
  temporary_folder dir;
  unsigned failures_to_come = 0;
};

class sink_on_disk final : public line_sink {
public:
  sink_on_disk(disk& place, std::chrono::nanoseconds pause)
      : line_sink(line_format::text, pause),
        place_(&place),
        file_(::open(place.dir.file("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)),
        refusing_(::open("/dev/full", O_WRONLY | O_CLOEXEC)) {}

private:
  std::string destination() const override { return "the disk"; }
  /// Once before each attempt, as long as it never waits for one at the end.
  void attend(node_context&) override {
    const bool refuse = place_->failures_to_come > 0;
    attach(refuse ? refusing_.get() : file_.get());
    place_->failures_to_come -= refuse ? 1 : 0;
  }

  disk* place_;
  file_descriptor file_;
  file_descriptor refusing_;
};

node_type sink_on(disk& place, std::chrono::nanoseconds pause) {
  auto type = file_sink_type();
  type.options.clear();
  type.make = [&place, pause](const options&) { return std::make_unique<sink_on_disk>(place, pause); };
  return type;
}

} // namespace

BOOST_AUTO_TEST_SUITE(io_full_disk)

BOOST_AUTO_TEST_CASE(a_full_disk_is_one_error_for_each_attempt_and_an_attempt_comes_every_second) {
  node_harness harness(file_sink_type(), scalars{{"path", "/dev/full"}});
  harness.start();
  write_all(harness, {"1", "2", "3"});
  harness.advance(0ns);
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == 1U);
  BOOST_TEST(failed[0].code == "write_failed");
  BOOST_TEST(failed[0].text ==
             "cannot write to '/dev/full': No space left on device; 3 messages wait for another try");
  BOOST_TEST(!failed[0].original.content().type());
  BOOST_TEST(harness.held() == 3U);
  harness.advance(999ms);
  BOOST_TEST(harness.failures().empty());
  harness.advance(1ms);
  BOOST_TEST(harness.failures().size() == 1U);
  BOOST_TEST(harness.discarded() == 0U);
}

BOOST_AUTO_TEST_CASE(messages_that_a_full_disk_leaves_no_room_for_are_held_back) {
  node_harness harness(file_sink_type(), scalars{{"path", "/dev/full"}});
  harness.start();
  const std::string line(1023, 'x');
  for (int count = 0; count < 64; ++count)
    BOOST_TEST_REQUIRE(harness.feed(text_message(line)));
  BOOST_TEST(!harness.feed(text_message(line)));
  BOOST_TEST((harness.retry_after() == 1s));
  BOOST_TEST(harness.failures().size() == 1U);
  BOOST_TEST(harness.held() == 64U);
  harness.advance(400ms);
  BOOST_TEST(!harness.feed(text_message(line)));
  BOOST_TEST((harness.retry_after() == 600ms));
  BOOST_TEST(harness.failures().empty());
  harness.advance(600ms); // the tick tries, so the message that comes again does not
  BOOST_TEST(!harness.feed(text_message(line)));
  BOOST_TEST(harness.failures().size() == 1U);
  BOOST_TEST(harness.discarded() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_full_disk_did_not_take_is_written_once_it_does) {
  disk place;
  node_harness harness(sink_on(place, 1s), scalars{});
  harness.start();
  place.failures_to_come = 2;
  std::string expected;
  for (int number = 0; number < 100; ++number) {
    const auto line = std::to_string(number) + std::string(1000, '.');
    while (!harness.feed(text_message(line)))
      harness.advance(harness.retry_after());
    expected += line + "\n";
  }
  harness.end();
  BOOST_TEST(harness.failures().size() == 2U);
  BOOST_TEST((place.dir.content("out") == expected));
  BOOST_TEST(harness.discarded() == 0U);
  BOOST_TEST(harness.held() == 0U);
}

BOOST_AUTO_TEST_CASE(at_the_end_a_full_disk_is_waited_for) {
  disk place;
  node_harness harness(sink_on(place, 0ns), scalars{});
  harness.start();
  place.failures_to_come = line_sink::attempts_at_end - 1;
  write_all(harness, {"1", "2"});
  harness.end();
  BOOST_TEST(harness.failures().size() == line_sink::attempts_at_end - 1);
  BOOST_TEST(place.dir.content("out") == "1\n2\n");
  BOOST_TEST(harness.discarded() == 0U);
}

BOOST_AUTO_TEST_CASE(at_the_end_a_disk_that_stays_full_is_given_up_on_aloud) {
  disk place;
  node_harness harness(sink_on(place, 0ns), scalars{});
  harness.start();
  place.failures_to_come = 1000;
  write_all(harness, {"1", "2"});
  harness.end();
  const auto failed = harness.failures();
  BOOST_TEST_REQUIRE(failed.size() == line_sink::attempts_at_end);
  BOOST_TEST(failed.back().code == "write_failed");
  BOOST_TEST(failed.back().text.find("gave up after 10 attempts at the end: 2 messages are lost") !=
             std::string::npos);
  BOOST_TEST(harness.discarded() == 2U);
  BOOST_TEST(harness.held() == 0U);
  harness.stop();
  BOOST_TEST(harness.discarded() == 2U);
  BOOST_TEST(harness.failures().empty());
}

BOOST_AUTO_TEST_CASE(an_abort_ends_the_wait_for_a_full_disk) {
  node_harness harness(file_sink_type(), scalars{{"path", "/dev/full"}});
  harness.start();
  write_all(harness, {"1", "2", "3"});
  harness.set_aborting();
  harness.end();
  BOOST_TEST(harness.discarded() == 3U);
  harness.stop();
  BOOST_TEST(harness.discarded() == 3U);
}

BOOST_AUTO_TEST_CASE(a_write_that_failed_is_made_up_for_without_gap_or_repeat) {
  temporary_folder dir;
  const auto path = dir.file("out");
  line_writer writer(line_format::text);
  file_descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  writer.attach(file.get());
  writer.append(text_message("kept"));
  file_descriptor read_only(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  writer.attach(read_only.get());
  BOOST_TEST((writer.flush(0) == line_writer::result::failed));
  BOOST_TEST(writer.error_number() == EBADF);
  BOOST_TEST(writer.messages() == 1U);
  writer.attach(file.get());
  BOOST_TEST((writer.flush(0) == line_writer::result::written));
  BOOST_TEST((writer.flush(0) == line_writer::result::written));
  BOOST_TEST(dir.content("out") == "kept\n");
}

BOOST_AUTO_TEST_SUITE_END()
