#pragma once

#include "model/base/defaults.hpp"

#include <chrono>
#include <cstddef>

#include "bench/control_latency/open_loop.hpp"
#include "bench/control_latency/sighting.hpp"

namespace sluice::bench {

/// How the runtime under test is set up.
struct tuning {
  bool sharing = true;
  /// `runtime_options::scheduler_throughput`.
  std::size_t a_turn = defaults::scheduler_throughput;
};

/// How often, and how many times, a control or data message is sent.
struct pace {
  std::chrono::nanoseconds interval;
  std::size_t count;
};

/// From `flow::send_control` to the handler of a sink three saturated edges behind the node that gets it.
sighting control_through_saturated_path(const tuning& chosen, const pace& sent);

/// From a source that sends by `node_context::send_control`, between its data, to the sink three saturated
/// edges on: no thread but the workers takes part.
sighting control_from_source(const tuning& chosen, const pace& sent);

/// From `flow::send_control` to the handler of an idle node, while two chains per worker saturate.
sighting control_to_idle_flow(const tuning& chosen, const pace& sent);

/// The same load, but it is a bare thread that waits on a condition variable: what the kernel alone takes.
sighting bare_thread_beside_load(const tuning& chosen, const pace& sent);

/// From a source with its own thread through two relays to a sink, nothing else to do.
sighting data_through_idle_path(const tuning& chosen, const pace& sent);

/// From one thread to another by a condition variable; what else runs is the caller's affair.
sighting bare_thread(const pace& sent, missed slept);

} // namespace sluice::bench
