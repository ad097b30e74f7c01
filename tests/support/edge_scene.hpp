#pragma once

#include "model/edge/edge_core.hpp"
#include "tests/support/edge_values.hpp"
#include "tests/support/recording_edge_links.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

/// One edge without actors, its producer and its consumer moved by the test.
namespace sluice::testing {

using number_list = std::vector<std::uint64_t>;

/// An edge with a producer that spends its credit and a consumer that the test moves.
struct edge_scene {
  explicit edge_scene(edge_settings given, port_type type = port_type::any())
      : settings(std::move(given)),
        channel(settings.lossless() ? nullptr : std::make_shared<lossy_channel>(settings)),
        core(settings, channel, type, !type.is_any(), links) {}

  void offer(const number_list& numbers) { offer(batch_of(numbers)); }
  void offer(batch_pointer batch) {
    BOOST_REQUIRE(links.credit >= batch->size());
    links.credit -= batch->size();
    core.offer(std::move(batch), delivered);
  }
  /// The consumer of a lossless edge hands `count` messages to its handler.
  void handle(std::size_t count) {
    delivered += count;
    core.taken(count, nullptr);
  }
  /// The counters as a scrape would see them.
  edge_counters counters() const {
    auto now = core.counters();
    now.delivered = delivered;
    now.depth = now.accepted - now.delivered - now.replaced - now.coalesced - now.evicted - now.discarded;
    return now;
  }
  number_list delivered_numbers() const {
    number_list all;
    for (const auto& batch : links.delivered)
      for (const auto number : numbers_of(batch->messages))
        all.push_back(number);
    return all;
  }

  edge_settings settings;
  recording_edge_links links;
  std::shared_ptr<lossy_channel> channel;
  edge_core core;
  std::uint64_t delivered = 0;
};

/// A lossy edge and a consumer that takes as node_inputs does; it may hold up to `prefetch` messages.
struct lossy_scene : edge_scene {
  using edge_scene::edge_scene;

  /// Moves the consumer on by one message, if there is one.
  void consume() {
    if (position == held.messages.size()) {
      position = 0;
      held.clear();
      if (channel->look() != channel_state::waiting)
        return;
      if (settings.prefetch == 1)
        ++delivered;
      BOOST_REQUIRE(channel->take(held));
      if (settings.prefetch == 1) {
        position = 1;
        return;
      }
    }
    ++position;
    ++delivered;
  }

  message_batch held;
  std::size_t position = 0;
};

inline edge_settings any_policy(overflow_policy policy, std::size_t capacity, std::size_t prefetch) {
  auto settings = edge_with(policy, capacity, prefetch);
  settings.coalesce = [](message& queued, message&& incoming) {
    if (incoming.get<std::uint64_t>() % 7 == 0)
      throw error("cannot_coalesce", "a multiple of seven");
    queued = queued.with(queued.get<std::uint64_t>() + incoming.get<std::uint64_t>());
  };
  return settings;
}

inline number_list random_numbers(std::mt19937_64& random, std::size_t count) {
  number_list all(count);
  for (auto& one : all)
    one = random() % 1000;
  return all;
}

inline void check_random_lossy(edge_settings settings, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  lossy_scene scene(std::move(settings));
  scene.core.start();
  for (int step = 0; step < 10'000; ++step) {
    if (random() % 2 == 0)
      scene.offer(random_numbers(random, random() % std::min<std::size_t>(scene.links.credit, 10)));
    else
      scene.consume();
    const auto now = scene.counters();
    BOOST_REQUIRE_MESSAGE(now.balanced(), "seed " << seed << ", step " << step << ": offered " << now.offered
                                                  << " accepted " << now.accepted << " delivered "
                                                  << now.delivered << " depth " << now.depth << " of "
                                                  << now.capacity);
    BOOST_REQUIRE_EQUAL(scene.links.credit, defaults::lossy_window);
  }
  const auto end = scene.counters();
  BOOST_TEST(end.dropped + end.replaced + end.coalesced + end.evicted >
             1000U); // it was full most of the time
  BOOST_TEST(scene.links.refused.size() == scene.core.counters().refused());
}

} // namespace sluice::testing
