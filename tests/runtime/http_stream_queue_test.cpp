#include "runtime/http/stream_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

namespace {

std::string joined(const stream_queue::batch& batch) {
  std::string text;
  for (const auto& piece : batch.pieces)
    text += piece;
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_stream_queue_test)

BOOST_AUTO_TEST_CASE(pieces_come_out_in_order_and_together) {
  stream_queue queue(100, [] {});
  BOOST_TEST(queue.send("a"));
  BOOST_TEST(queue.send("b"));
  const auto batch = queue.take(1000);
  BOOST_TEST(joined(batch) == "ab");
  BOOST_TEST(!batch.end.has_value());
}

BOOST_AUTO_TEST_CASE(a_batch_is_about_as_large_as_asked_for_and_never_empty_when_something_waits) {
  stream_queue queue(1000, [] {});
  for (int piece = 0; piece < 4; ++piece)
    BOOST_TEST(queue.send(std::string(10, 'x')));
  BOOST_TEST(queue.take(15).pieces.size() == 2u);
  BOOST_TEST(queue.take(1).pieces.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_writer_is_woken_once_until_it_has_found_nothing) {
  int woken = 0;
  stream_queue queue(100, [&woken] { ++woken; });
  BOOST_TEST(queue.send("a"));
  BOOST_TEST(queue.send("b"));
  BOOST_TEST(woken == 1);
  (void)queue.take(10);
  // It will ask again by itself after this batch.
  BOOST_TEST(queue.send("c"));
  BOOST_TEST(woken == 1);
  (void)queue.take(10);
  BOOST_TEST(queue.take(10).pieces.empty());
  BOOST_TEST(queue.send("d"));
  BOOST_TEST(woken == 2);
}

BOOST_AUTO_TEST_CASE(a_slow_reader_is_known_by_what_waits_until_it_is_written) {
  stream_queue queue(10, [] {});
  BOOST_TEST(queue.send(std::string(11, 'x')));
  BOOST_TEST(!queue.send("y"));
  BOOST_TEST(queue.waiting() == 11u);
  (void)queue.take(100);
  BOOST_TEST(!queue.send("y"));
  queue.written(11);
  BOOST_TEST(queue.waiting() == 0u);
  BOOST_TEST(queue.send("y"));
}

BOOST_AUTO_TEST_CASE(closing_sends_what_waits_and_the_last_word_even_to_a_slow_reader) {
  stream_queue queue(1, [] {});
  BOOST_TEST(queue.send("ab"));
  BOOST_TEST(!queue.send("c"));
  queue.close("last", 1008, "too slow");
  BOOST_TEST(!queue.send("d"));
  queue.close("again", 1000, "");
  const auto first = queue.take(1);
  BOOST_TEST(joined(first) == "ab");
  BOOST_TEST(!first.end.has_value());
  const auto second = queue.take(100);
  BOOST_TEST(joined(second) == "last");
  BOOST_REQUIRE(second.end.has_value());
  BOOST_TEST(second.end->code == 1008u);
  BOOST_TEST(second.end->reason == "too slow");
}

BOOST_AUTO_TEST_CASE(closing_wakes_an_idle_writer_and_a_reason_fits_its_frame) {
  int woken = 0;
  stream_queue queue(1, [&woken] { ++woken; });
  queue.close("", 1000, std::string(200, 'r'));
  BOOST_TEST(woken == 1);
  const auto batch = queue.take(10);
  BOOST_TEST(batch.pieces.empty());
  BOOST_REQUIRE(batch.end.has_value());
  BOOST_TEST(batch.end->reason.size() == 123u);
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_for_a_client_that_is_gone) {
  int woken = 0;
  stream_queue queue(100, [&woken] { ++woken; });
  BOOST_TEST(queue.send("a"));
  queue.end();
  BOOST_TEST(!queue.send("b"));
  queue.close("last", 1000, "");
  BOOST_TEST(queue.waiting() == 0u);
  BOOST_TEST(queue.take(10).pieces.empty());
  BOOST_TEST(woken == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_between_many_senders_and_the_writer) {
  constexpr int senders = 4;
  constexpr int each = 5'000;
  std::atomic<int> awake{0};
  stream_queue queue(std::size_t{1} << 30, [&awake] { ++awake; });
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender)
    threads.emplace_back([&queue] {
      for (int piece = 0; piece < each; ++piece)
        (void)queue.send("x");
    });
  int got = 0;
  while (got < senders * each) {
    while (awake.load() == 0)
      std::this_thread::yield();
    --awake;
    for (auto batch = queue.take(64); !batch.pieces.empty(); batch = queue.take(64))
      got += static_cast<int>(batch.pieces.size());
  }
  for (auto& thread : threads)
    thread.join();
  BOOST_TEST(got == senders * each);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
