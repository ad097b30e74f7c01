#include "steps/exec/guard_channel.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace sluice {

namespace {

struct channel_ends {
  guard_channel worker{owned_descriptor{}};
  guard_channel guard{owned_descriptor{}};

  channel_ends() {
    auto [ours, theirs] = make_guard_sockets();
    worker = guard_channel(std::move(ours));
    guard = guard_channel(std::move(theirs));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(guard_channel_)

BOOST_AUTO_TEST_CASE(messages_are_read_as_they_were_written) {
  for (int word = 0; word <= static_cast<int>(guard_word::cannot_begin); ++word) {
    const guard_message message{static_cast<guard_word>(word), -5 + word};
    BOOST_TEST((parse_guard_message(to_string(message)) == message));
  }
  BOOST_TEST(to_string({guard_word::stop, 250}) == "stop 250");
  for (const char* text : {"", "stop", "stop ", "stop x", "stop 1 ", "halt 1"})
    BOOST_TEST(!parse_guard_message(text));
}

BOOST_AUTO_TEST_CASE(messages_come_one_by_one_and_then_the_end) {
  channel_ends ends;
  BOOST_TEST(!ends.worker.receive());
  BOOST_TEST(!ends.worker.ended());
  BOOST_TEST(ends.guard.send({guard_word::ready, 0}));
  BOOST_TEST(ends.guard.send({guard_word::exited, 7}));
  ends.guard.close();
  BOOST_TEST((ends.worker.receive() == guard_message{guard_word::ready, 0}));
  BOOST_TEST((ends.worker.receive() == guard_message{guard_word::exited, 7}));
  BOOST_TEST(!ends.worker.ended());
  BOOST_TEST(!ends.worker.receive());
  BOOST_TEST(ends.worker.ended());
  BOOST_TEST(!ends.worker.send({guard_word::stop, 0}));
}

// Linux tells who sent what was never read that the connection was reset, before it hands over what the other
// side said last.
BOOST_AUTO_TEST_CASE(the_last_word_arrives_although_its_sender_left_something_unread) {
  channel_ends ends;
  BOOST_TEST(ends.worker.send({guard_word::deadline, 1'000}));
  BOOST_TEST(ends.guard.send({guard_word::exited, 0}));
  ends.guard.close();
  BOOST_TEST((ends.worker.receive() == guard_message{guard_word::exited, 0}));
  BOOST_TEST(!ends.worker.receive());
  BOOST_TEST(ends.worker.ended());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
