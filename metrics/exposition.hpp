#pragma once

#include "metrics/catalogue.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace sluice {

/// Collects values of metrics of the catalogue and renders them in Prometheus' text format (version 0.0.4).
/// Not shared between threads.
class exposition {
public:
  /// The values of a metric's labels, in the order of its description.
  using label_values = std::initializer_list<std::string_view>;

  exposition();
  ~exposition();
  exposition(const exposition&) = delete;
  exposition& operator=(const exposition&) = delete;

  /// Adds one series of a counter or gauge. Throws `internal_error` when the kind or the number of labels is
  /// wrong.
  void add(metric id, label_values labels, double value);
  void add(metric id, label_values labels, std::uint64_t value) {
    add(id, labels, static_cast<double>(value));
  }

  /// Adds one series of a histogram, exported in seconds. Throws `internal_error` likewise.
  void add(metric id, label_values labels, const latency_histogram& value);

  /// Returns the text: the metrics in the order of the catalogue, those without a value left out. The values
  /// are gone afterwards: there can be a hundred thousand of them, and a copy would double the peak.
  std::string take_text();

  /// The same as what a `prometheus::Collectable` returns (prometheus/metric_family.h).
  std::vector<prometheus::MetricFamily> take_families();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
