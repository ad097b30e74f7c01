#include "nodes/registration.hpp"
#include "nodes/stream/aggregate.hpp"
#include "nodes/stream/batch.hpp"
#include "nodes/stream/dedupe.hpp"
#include "nodes/stream/delay.hpp"
#include "nodes/stream/sample.hpp"
#include "nodes/stream/throttle.hpp"
#include "nodes/stream/window.hpp"

namespace sluice::detail {

void register_stream_nodes(node_catalog& catalog) {
  catalog.add(aggregate_type());
  catalog.add(batch_type());
  catalog.add(dedupe_type());
  catalog.add(delay_type());
  catalog.add(sample_type());
  catalog.add(throttle_type());
  catalog.add(window_type());
}

} // namespace sluice::detail
