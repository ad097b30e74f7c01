#include "metrics/node_meter.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <numeric>
#include <thread>

namespace sluice {

using namespace std::chrono_literals;

namespace {

std::uint64_t total(const latency_histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_meter_test)

BOOST_AUTO_TEST_CASE(every_counter_is_read_back_as_itself) {
  node_meter meter;
  meter.in.add(1);
  meter.out.add(2);
  meter.errors.add(3);
  meter.held.set(4);
  meter.outbox.set(5);
  meter.discarded.add(6);
  meter.unrouted.add(7);
  meter.control.add(8);
  meter.restarts.add(9);
  meter.stalls.add(10);
  const auto now = meter.read();
  BOOST_TEST(now.in == 1u);
  BOOST_TEST(now.out == 2u);
  BOOST_TEST(now.errors == 3u);
  BOOST_TEST(now.held == 4u);
  BOOST_TEST(now.outbox == 5u);
  BOOST_TEST(now.discarded == 6u);
  BOOST_TEST(now.unrouted == 7u);
  BOOST_TEST(now.control == 8u);
  BOOST_TEST(now.restarts == 9u);
  BOOST_TEST(now.stalls == 10u);
}

BOOST_AUTO_TEST_CASE(counters_add_up_and_gauges_are_set) {
  node_meter meter;
  meter.in.add(3);
  meter.in.add();
  meter.held.set(7);
  meter.held.set(2);
  BOOST_TEST(meter.read().in == 4u);
  BOOST_TEST(meter.read().held == 2u);
}

BOOST_AUTO_TEST_CASE(slices_count_as_busy_time_and_in_the_histogram) {
  node_meter meter;
  meter.observe_slice(700ns);
  meter.observe_slice(3us);
  BOOST_TEST(meter.read().busy_ns == 3'700u);
  BOOST_TEST(meter.read().slices == 2u);
  const auto histogram = meter.handler_time();
  BOOST_TEST(histogram.sum_ns == 3'700u);
  BOOST_TEST(histogram.counts[0] == 1u);
  BOOST_TEST(histogram.counts[2] == 1u);
  BOOST_TEST(total(histogram) == 2u);
}

BOOST_AUTO_TEST_CASE(tick_lateness_keeps_its_sum_and_its_largest) {
  node_meter meter;
  meter.observe_tick(5ms);
  meter.observe_tick(9ms);
  meter.observe_tick(1ms);
  BOOST_TEST(meter.read().ticks == 3u);
  BOOST_TEST(meter.read().tick_lateness_ns == 15'000'000u);
  BOOST_TEST(meter.read().tick_lateness_max_ns == 9'000'000u);
}

BOOST_AUTO_TEST_CASE(a_control_message_is_counted_with_its_latency) {
  node_meter meter;
  meter.observe_control(40us);
  BOOST_TEST(meter.read().control == 1u);
  BOOST_TEST(meter.control_latency().sum_ns == 40'000u);
  BOOST_TEST(total(meter.control_latency()) == 1u);
  BOOST_TEST(total(meter.handler_time()) == 0u);
}

BOOST_AUTO_TEST_CASE(an_observation_on_a_bound_belongs_below_it_and_one_above_all_bounds_is_kept) {
  latency_meter meter;
  meter.observe(1us);
  meter.observe(1001ns);
  meter.observe(10s);
  meter.observe(11s);
  const auto histogram = meter.read();
  BOOST_TEST(histogram.counts.size() == latency_histogram::bounds().size() + 1);
  BOOST_TEST(histogram.counts[0] == 1u);
  BOOST_TEST(histogram.counts[1] == 1u);
  BOOST_TEST(histogram.counts[latency_histogram::bounds().size() - 1] == 1u);
  BOOST_TEST(histogram.counts.back() == 1u);
}

BOOST_AUTO_TEST_CASE(a_negative_duration_counts_as_zero) {
  latency_meter meter;
  meter.observe(-5ns);
  BOOST_TEST(meter.read().counts[0] == 1u);
  BOOST_TEST(meter.read().sum_ns == 0u);
}

BOOST_AUTO_TEST_CASE(a_reader_sees_counters_only_grow_while_the_node_works) {
  constexpr int messages = 200'000;
  node_meter meter;
  std::atomic<bool> working{true};
  std::thread node([&] {
    for (int i = 0; i < messages; ++i) {
      meter.in.add();
      meter.observe_slice(std::chrono::nanoseconds{i % 5000});
    }
    working.store(false, std::memory_order_release);
  });
  int backward = 0;
  node_counters before;
  for (bool last = false; !last;) {
    last = !working.load(std::memory_order_acquire);
    const auto now = meter.read();
    backward += now.in < before.in || now.busy_ns < before.busy_ns || now.slices < before.slices ? 1 : 0;
    before = now;
  }
  node.join();
  BOOST_TEST(backward == 0);
  BOOST_TEST(meter.read().in == static_cast<std::uint64_t>(messages));
  BOOST_TEST(total(meter.handler_time()) == static_cast<std::uint64_t>(messages));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
