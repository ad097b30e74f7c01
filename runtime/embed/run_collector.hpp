#pragma once

#include <memory>

namespace prometheus {
class Collectable;
}

namespace sluice {

class run_runtime;

/// Returns the metrics of a runtime of durable runs, as `flow_collector` does those of flows. It may outlive
/// the runtime and collects nothing then. Two runtimes of one process count under the same names: register
/// one of them, or label them with an exposer of their own.
std::shared_ptr<prometheus::Collectable> run_collector(const run_runtime& runtime);

} // namespace sluice
