#include "runtime/embed/collector.hpp"

#include "metrics/exposition.hpp"
#include "runtime/embed/flow_runtime.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <utility>

namespace sluice {

namespace {

class collector_of_flows final : public prometheus::Collectable {
public:
  collector_of_flows(std::function<std::vector<flow_snapshot>()> flows, exposition_detail detail)
      : flows_(std::move(flows)), detail_(detail) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    exposition out;
    add_flows(out, flows_(), detail_);
    return out.take_families();
  }

private:
  std::function<std::vector<flow_snapshot>()> flows_;
  exposition_detail detail_;
};

} // namespace

std::shared_ptr<prometheus::Collectable> flow_collector(const flow_runtime& runtime,
                                                        exposition_detail detail) {
  return std::make_shared<collector_of_flows>(runtime.snapshot_source(), detail);
}

} // namespace sluice
