#include "nodes/stream/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr double growth = (1 + quantile_sketch::relative_error) / (1 - quantile_sketch::relative_error);
constexpr double smallest_magnitude = 1e-300;
/// Makes the place of every magnitude above `smallest_magnitude` positive: log(1e-300) / log(growth) is
/// -34,537.
constexpr std::int32_t offset = 35'000;

const double log_growth = std::log(growth);

std::int32_t place_of(double value) {
  const double magnitude = std::abs(value);
  if (magnitude < smallest_magnitude)
    return 0;
  const auto place = static_cast<std::int32_t>(std::ceil(std::log(magnitude) / log_growth)) + offset;
  return value < 0 ? -place : place;
}

/// Returns the value that is within the relative error of everything in the bucket.
double middle_of(std::int32_t place) {
  if (place == 0)
    return 0;
  const double magnitude = 2 * std::exp((std::abs(place) - offset) * log_growth) / (growth + 1);
  return place < 0 ? -magnitude : magnitude;
}

} // namespace

void quantile_sketch::add(double value) {
  smallest_ = count_ == 0 ? value : std::min(smallest_, value);
  largest_ = count_ == 0 ? value : std::max(largest_, value);
  ++count_;
  const auto place = place_of(value);
  const auto found = std::lower_bound(buckets_.begin(), buckets_.end(), place,
                                      [](const bucket& b, std::int32_t wanted) { return b.place < wanted; });
  if (found != buckets_.end() && found->place == place) {
    ++found->count;
    return;
  }
  buckets_.insert(found, {place, 1});
  if (buckets_.size() > bucket_limit) {
    buckets_[1].count += buckets_[0].count;
    buckets_.erase(buckets_.begin());
  }
}

double quantile_sketch::percentile(unsigned percent) const {
  // Whole numbers: 0.95 * 100 in binary may be just below 95.
  const std::uint64_t last = count_ - 1;
  const std::uint64_t rank = last / 100 * percent + last % 100 * percent / 100;
  if (rank == 0)
    return smallest_;
  if (rank == last)
    return largest_;
  std::uint64_t passed = 0;
  for (const auto& one : buckets_) {
    passed += one.count;
    if (passed > rank)
      return std::clamp(middle_of(one.place), smallest_, largest_);
  }
  return largest_;
}

} // namespace sluice
