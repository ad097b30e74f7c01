#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice {

/// Estimates quantiles in bounded memory: DDSketch (Masson, Rim and Lee, "DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). Values fall into buckets
/// whose bounds grow by a constant factor, so that an estimate is within 1 % of a value that holds the rank
/// asked for. Never more than `bucket_limit` buckets (32 KiB): then the two of the lowest values become one,
/// and estimates among those lose the guarantee. It takes values that span more than 17 orders of magnitude
/// to get there. Thread: one owner.
class quantile_sketch {
public:
  static constexpr double relative_error = 0.01;
  static constexpr std::size_t bucket_limit = 2048;

  /// Adds one finite value. Magnitudes below 1e-300 count as zero.
  void add(double value);
  std::uint64_t count() const noexcept { return count_; }
  std::size_t buckets() const noexcept { return buckets_.size(); }

  /// Returns an estimate of the value of rank `floor(percent * (count - 1) / 100)`, counted from 0 in
  /// ascending order; the smallest and the largest are exact. Requires a value. @param percent 0 to 100.
  double percentile(unsigned percent) const;

private:
  /// `place` orders buckets as their values: below 0 for negative values, 0 for zero.
  struct bucket {
    std::int32_t place;
    std::uint64_t count;
  };

  /// Ascending by place.
  std::vector<bucket> buckets_;
  std::uint64_t count_ = 0;
  double smallest_ = 0;
  double largest_ = 0;
};

} // namespace sluice
