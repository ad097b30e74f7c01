#pragma once

#include "metrics/flow_exposition.hpp"

#include <memory>

namespace prometheus {
class Collectable;
}

namespace sluice {

class flow_runtime;

/// Returns the metrics of a runtime's flows (docs/metrics.md) as prometheus-cpp's exposers and gateways take
/// them, so that a program that has one serves them beside its own:
///
///     auto flows = sluice::flow_collector(runtime);   // the exposer keeps a weak pointer: hold this one
///     exposer.RegisterCollectable(flows);
///
/// It may outlive the runtime and collects nothing then. Any thread; a collection copies the counters and
/// waits for no actor.
std::shared_ptr<prometheus::Collectable>
flow_collector(const flow_runtime& runtime, exposition_detail detail = exposition_detail::automatic);

} // namespace sluice
