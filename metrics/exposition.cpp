#include "metrics/exposition.hpp"

#include "model/base/error.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace sluice {

namespace {

constexpr double nanoseconds_per_second = 1e9;

prometheus::MetricType type_of(metric_kind kind) {
  switch (kind) {
  case metric_kind::counter:
    return prometheus::MetricType::Counter;
  case metric_kind::gauge:
    return prometheus::MetricType::Gauge;
  case metric_kind::histogram:
    return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

prometheus::ClientMetric with_labels(const metric_description& about, exposition::label_values values) {
  if (values.size() != about.labels.size())
    throw internal_error("metric " + std::string(about.name) + " has " + std::to_string(about.labels.size()) +
                         " labels but was given " + std::to_string(values.size()) + " values");
  prometheus::ClientMetric series;
  series.label.reserve(values.size());
  auto name = about.labels.begin();
  for (const auto value : values)
    series.label.push_back({std::string(*name++), std::string(value)});
  return series;
}

prometheus::ClientMetric::Histogram cumulative(const latency_histogram& value) {
  const auto& bounds = latency_histogram::bounds();
  prometheus::ClientMetric::Histogram out;
  out.bucket.reserve(bounds.size());
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    out.sample_count += i < value.counts.size() ? value.counts[i] : 0;
    out.bucket.push_back({out.sample_count, static_cast<double>(bounds[i]) / nanoseconds_per_second});
  }
  if (value.counts.size() > bounds.size())
    out.sample_count += value.counts[bounds.size()];
  out.sample_sum = static_cast<double>(value.sum_ns) / nanoseconds_per_second;
  return out;
}

} // namespace

struct exposition::state {
  /// One per metric, in the order of the catalogue.
  std::vector<prometheus::MetricFamily> families;

  prometheus::MetricFamily& family(metric id) { return families[static_cast<std::size_t>(id)]; }
};

exposition::exposition() : state_(std::make_unique<state>()) {
  state_->families.reserve(catalogue().size());
  for (const auto& about : catalogue())
    state_->families.push_back({std::string(about.name), std::string(about.help), type_of(about.kind), {}});
}

exposition::~exposition() = default;

void exposition::add(metric id, label_values labels, double value) {
  const auto& about = describe(id);
  auto series = with_labels(about, labels);
  switch (about.kind) {
  case metric_kind::counter:
    series.counter.value = value;
    break;
  case metric_kind::gauge:
    series.gauge.value = value;
    break;
  case metric_kind::histogram:
    throw internal_error("metric " + std::string(about.name) + " is a histogram but was given one number");
  }
  state_->family(id).metric.push_back(std::move(series));
}

void exposition::add(metric id, label_values labels, const latency_histogram& value) {
  const auto& about = describe(id);
  if (about.kind != metric_kind::histogram)
    throw internal_error("metric " + std::string(about.name) + " is not a histogram but was given one");
  auto series = with_labels(about, labels);
  series.histogram = cumulative(value);
  state_->family(id).metric.push_back(std::move(series));
}

std::string exposition::take_text() {
  return prometheus::TextSerializer{}.Serialize(take_families());
}

std::vector<prometheus::MetricFamily> exposition::take_families() {
  std::vector<prometheus::MetricFamily> present;
  for (auto& family : state_->families)
    if (!family.metric.empty()) {
      present.push_back({family.name, family.help, family.type, std::move(family.metric)});
      family.metric.clear();
    }
  return present;
}

} // namespace sluice
