#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/rivals/thread_links.hpp"
#include "bench/rivals/thread_stages.hpp"

namespace sluice::bench {

/// Writes `count` messages to every link, a batch to each in turn; the copies share their payload as ours do.
template <class Payload, class Link>
void write_to_all(std::vector<std::unique_ptr<Link>>& links, std::uint64_t count) {
  message_maker<Payload> make;
  std::vector<message> batch;
  for (std::uint64_t left = count; left != 0; left -= batch.size()) {
    batch.clear();
    while (batch.size() < std::min<std::uint64_t>(rival_batch, left))
      batch.push_back(make());
    for (auto& link : links) {
      auto next = batch.begin();
      link->write(batch.size(), [&] { return message(*next++); });
    }
  }
}

/// Sends `count` messages from one thread to each of `width` others, by a link to each, checks that all came,
/// and returns the seconds it took.
template <class Payload, class Link>
double seconds_to_fan_out_over_threads(std::size_t width, std::uint64_t count) {
  std::vector<std::unique_ptr<Link>> links;
  for (std::size_t i = 0; i < width; ++i)
    links.push_back(std::make_unique<Link>());
  struct alignas(64) own_line {
    tally seen;
  };
  std::vector<own_line> all(width);
  std::vector<std::function<void()>> stages{[&] { write_to_all<Payload>(links, count); }};
  for (std::size_t i = 0; i < width; ++i)
    stages.push_back(
        [&, i] { links[i]->read(count, [&](const message& in) { add_up<Payload>(all[i].seen, in); }); });
  const auto seconds = seconds_to_run_threads(stages);
  for (const auto& each : all)
    each.seen.check(count);
  return seconds;
}

/// Sends `count` messages from each of `width` threads to one, through one mutex queue that holds as many as
/// `width` edges of ours, checks that all came, and returns the seconds it took.
template <class Payload>
double seconds_to_fan_in_over_mutex(std::size_t width, std::uint64_t count) {
  mutex_link link(rival_capacity * width);
  tally seen;
  std::vector<std::function<void()>> stages(width, [&] { link.write(count, message_maker<Payload>{}); });
  stages.push_back([&] { link.read(count * width, [&](const message& in) { add_up<Payload>(seen, in); }); });
  const auto seconds = seconds_to_run_threads(stages);
  seen.check(count, width);
  return seconds;
}

} // namespace sluice::bench
