#pragma once

#include "model/edge/policy.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "bench/support/chain.hpp"

namespace sluice::bench {

/// Messages of 64 bytes.
using numbered = sample<24>;

/// One way to set up a lossy edge.
struct edge_case {
  std::string name;
  edge_settings settings;
};

/// Returns the lossy policies at capacity 1024; `latest` without a key, and with one whose function is as
/// cheap as can be.
inline std::vector<edge_case> lossy_cases(std::size_t prefetch = 1) {
  const auto made = [prefetch](const char* name, overflow_policy policy) {
    edge_case each{name, {}};
    each.settings.policy = policy;
    each.settings.prefetch = prefetch;
    return each;
  };
  std::vector<edge_case> all{
      made("drop", overflow_policy::drop), made("drop_oldest", overflow_policy::drop_oldest),
      made("latest", overflow_policy::latest), made("latest_keyed", overflow_policy::latest),
      made("coalesce", overflow_policy::coalesce)};
  all[3].settings.key = [](const message& in) {
    const auto number = in.get<numbered>().number();
    return std::string(reinterpret_cast<const char*>(&number), sizeof number);
  };
  all[4].settings.coalesce = [](message& queued, message&& incoming) {
    queued = queued.with(numbered(queued.get<numbered>().number() + incoming.get<numbered>().number()));
  };
  return all;
}

} // namespace sluice::bench
