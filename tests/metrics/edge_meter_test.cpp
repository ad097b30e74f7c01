#include "metrics/edge_meter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace sluice {

namespace {

edge_counters some_counters() {
  edge_counters counters;
  counters.capacity = 8;
  counters.offered = 26;
  counters.accepted = 20;
  counters.dropped = 1;
  counters.refused_type = 2;
  counters.refused_merge = 3;
  counters.replaced = 4;
  counters.coalesced = 3;
  counters.evicted = 2;
  counters.discarded = 1;
  counters.control = 9;
  counters.blocked_ns = 77;
  return counters;
}

/// Plays an edge of capacity 8 whose policy meets every fate of a message, in turn.
class busy_edge {
public:
  static constexpr std::uint64_t capacity = 8;

  /// One message arrives; `delivered` is what the consumer said so far.
  edge_counters offer(std::uint64_t delivered) {
    ++now_.offered;
    const auto depth =
        now_.accepted - now_.replaced - now_.coalesced - now_.evicted - now_.discarded - delivered;
    if (depth < capacity)
      ++now_.accepted;
    else
      overflow();
    ++now_.control;
    now_.capacity = capacity;
    return now_;
  }

  /// Messages the consumer may have been handed by now.
  std::uint64_t survivors() const {
    return now_.accepted - now_.replaced - now_.coalesced - now_.evicted - now_.discarded;
  }

private:
  void overflow() {
    switch (now_.offered % 6) {
    case 0:
      ++now_.dropped;
      return;
    case 1:
      ++now_.refused_type;
      return;
    case 2:
      ++now_.refused_merge;
      return;
    case 3:
      ++now_.replaced;
      break;
    case 4:
      ++now_.coalesced;
      break;
    default:
      ++now_.evicted;
      break;
    }
    ++now_.accepted;
  }

  edge_counters now_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(edge_meter_test)

BOOST_AUTO_TEST_CASE(a_new_meter_reads_zero_and_balances) {
  const edge_meter meter;
  const auto now = meter.read();
  BOOST_TEST(now.offered == 0u);
  BOOST_TEST(now.depth == 0u);
  BOOST_TEST(now.balanced());
}

BOOST_AUTO_TEST_CASE(every_published_counter_is_read_back) {
  edge_meter meter;
  const auto published = some_counters();
  meter.publish(published);
  meter.set_delivered(6);
  const auto now = meter.read();
  BOOST_TEST(now.capacity == published.capacity);
  BOOST_TEST(now.offered == published.offered);
  BOOST_TEST(now.accepted == published.accepted);
  BOOST_TEST(now.dropped == published.dropped);
  BOOST_TEST(now.refused_type == published.refused_type);
  BOOST_TEST(now.refused_merge == published.refused_merge);
  BOOST_TEST(now.replaced == published.replaced);
  BOOST_TEST(now.coalesced == published.coalesced);
  BOOST_TEST(now.evicted == published.evicted);
  BOOST_TEST(now.discarded == published.discarded);
  BOOST_TEST(now.control == published.control);
  BOOST_TEST(now.blocked_ns == published.blocked_ns);
  BOOST_TEST(now.delivered == 6u);
  BOOST_TEST(now.depth == 4u);
  BOOST_TEST(now.balanced());
}

BOOST_AUTO_TEST_CASE(delivered_and_depth_given_to_publish_do_not_count) {
  edge_meter meter;
  auto published = some_counters();
  published.delivered = 5;
  published.depth = 5;
  meter.publish(published);
  BOOST_TEST(meter.read().delivered == 0u);
  BOOST_TEST(meter.read().depth == 10u);
}

BOOST_AUTO_TEST_CASE(deliveries_the_block_does_not_know_of_yet_are_not_shown) {
  edge_meter meter;
  meter.publish(some_counters());
  meter.set_delivered(15);
  const auto now = meter.read();
  BOOST_TEST(now.delivered == 10u);
  BOOST_TEST(now.depth == 0u);
  BOOST_TEST(now.balanced());
}

BOOST_AUTO_TEST_CASE(a_read_never_mixes_two_publications) {
  constexpr int reads = 1'000'000;
  edge_meter meter;
  std::atomic<bool> reading{true};
  std::thread edge([&] {
    edge_counters same;
    for (std::uint64_t i = 1; reading.load(std::memory_order_relaxed); ++i) {
      same.capacity = same.offered = same.accepted = same.dropped = same.refused_type = same.refused_merge =
          i;
      same.replaced = same.coalesced = same.evicted = same.discarded = same.control = same.blocked_ns = i;
      meter.publish(same);
      // Else a build in which publishing is slow leaves the reader no moment between two.
      for (volatile int pause = 0; pause < 100;)
        pause = pause + 1;
    }
  });
  int mixed = 0;
  for (int i = 0; i < reads; ++i) {
    const auto now = meter.read();
    const auto all = {now.offered,       now.accepted, now.dropped,   now.refused_type,
                      now.refused_merge, now.replaced, now.coalesced, now.evicted,
                      now.discarded,     now.control,  now.blocked_ns};
    mixed +=
        std::all_of(all.begin(), all.end(), [&](std::uint64_t one) { return one == now.capacity; }) ? 0 : 1;
  }
  reading.store(false, std::memory_order_relaxed);
  edge.join();
  BOOST_TEST(mixed == 0);
}

BOOST_AUTO_TEST_CASE(every_read_balances_and_never_goes_back_while_edge_and_consumer_write) {
  constexpr int reads = 200'000;
  edge_meter meter;
  std::atomic<std::uint64_t> handed{0};
  std::atomic<std::uint64_t> consumed{0};
  std::atomic<bool> reading{true};
  std::atomic<bool> offering{true};
  std::uint64_t offers = 0;

  std::thread edge([&] {
    busy_edge source;
    for (; reading.load(std::memory_order_acquire); ++offers) {
      meter.publish(source.offer(consumed.load(std::memory_order_acquire)));
      handed.store(source.survivors(), std::memory_order_release);
    }
    offering.store(false, std::memory_order_release);
  });
  std::thread consumer([&] {
    for (bool last = false; !last;) {
      last = !offering.load(std::memory_order_acquire);
      const auto total = handed.load(std::memory_order_acquire);
      meter.set_delivered(total);
      consumed.store(total, std::memory_order_release);
    }
  });

  int wrong = 0;
  int backward = 0;
  edge_counters before;
  // The edge may start late: go on until something was published.
  for (int i = 0; i < reads || before.offered == 0; ++i) {
    const auto now = meter.read();
    wrong += now.balanced() ? 0 : 1;
    // `offered` and `control` grow together, at the two ends of the block: they differ in a torn read.
    wrong += now.control == now.offered ? 0 : 1;
    backward += now.delivered < before.delivered || now.offered < before.offered ? 1 : 0;
    before = now;
  }
  reading.store(false, std::memory_order_release);
  edge.join();
  consumer.join();

  BOOST_TEST(wrong == 0);
  BOOST_TEST(backward == 0);
  const auto end = meter.read();
  BOOST_TEST(end.offered == offers);
  BOOST_TEST(end.depth == 0u);
  BOOST_TEST(end.balanced());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
