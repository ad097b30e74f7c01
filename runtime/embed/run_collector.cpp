#include "runtime/embed/run_collector.hpp"

#include "metrics/exposition.hpp"
#include "runtime/embed/run_access.hpp"
#include "runtime/embed/run_exposition.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <utility>
#include <vector>

namespace sluice {

namespace {

class collector_of_runs final : public prometheus::Collectable {
public:
  explicit collector_of_runs(std::weak_ptr<const run_readings> counts) : counts_(std::move(counts)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    const auto there = counts_.lock();
    if (!there)
      return {};
    exposition out;
    add_runs(out, {there->runs.get(), there->store.get(), there->bus.get(), there->janitor.get()});
    return out.take_families();
  }

private:
  std::weak_ptr<const run_readings> counts_;
};

} // namespace

std::shared_ptr<prometheus::Collectable> run_collector(const run_runtime& runtime) {
  return std::make_shared<collector_of_runs>(detail::run_access::readings(runtime));
}

} // namespace sluice
