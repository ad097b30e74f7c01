#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "bench/rivals/thread_links.hpp"
#include "bench/rivals/thread_stages.hpp"

namespace sluice::bench {

/// Sends `count` messages through `hops` links with one thread per stage, checks that all came, and returns
/// the seconds it took. `Link` is one of bench/rivals/thread_links.hpp.
template <class Payload, class Link>
double seconds_through_threads(std::size_t hops, std::uint64_t count) {
  std::vector<std::unique_ptr<Link>> links;
  for (std::size_t hop = 0; hop < hops; ++hop)
    links.push_back(std::make_unique<Link>());
  tally seen;
  std::vector<std::function<void()>> stages;
  stages.push_back([&] { links.front()->write(count, message_maker<Payload>{}); });
  for (std::size_t hop = 1; hop < hops; ++hop)
    stages.push_back([&, hop] { links[hop - 1]->forward(count, *links[hop]); });
  stages.push_back([&] { links.back()->read(count, [&](const message& in) { add_up<Payload>(seen, in); }); });
  const auto seconds = seconds_to_run_threads(stages);
  seen.check(count);
  return seconds;
}

} // namespace sluice::bench
