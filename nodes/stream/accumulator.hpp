#pragma once

#include "nodes/stream/number.hpp"
#include "nodes/stream/quantile_sketch.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a group of messages is folded into.
enum class fold_operation : std::uint8_t { count, sum, min, max, mean, p50, p95, p99 };

/// `count sum min max mean p50 p95 p99`, in the order of the enumeration.
std::vector<std::string> fold_operation_names();
std::string_view to_string(fold_operation operation) noexcept;
/// Throws `internal_error` for a name that is none of them.
fold_operation parse_fold_operation(std::string_view name);

/// The sum of numbers: exact while whole numbers fit 63 bits, otherwise a compensated sum of doubles
/// (Neumaier 1974).
class running_sum {
public:
  void add(const number& value);
  /// Whole when all that was added was whole and the total fits.
  number total() const;

private:
  void add_real(double value);

  std::int64_t whole_ = 0;
  bool has_real_ = false;
  double real_ = 0;
  double compensation_ = 0;
};

/// One figure over the numbers added so far. Thread: one owner.
class accumulator {
public:
  explicit accumulator(fold_operation operation);

  /// Adds one message's value; `count` does not look at it.
  void add(const number& value);
  /// Returns the figure. Without a value: 0 for count and sum, null for the others.
  json result() const;

private:
  fold_operation operation_;
  std::uint64_t count_ = 0;
  running_sum sum_;
  number extreme_;
  std::unique_ptr<quantile_sketch> sketch_;
};

} // namespace sluice
