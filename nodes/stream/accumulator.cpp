#include "nodes/stream/accumulator.hpp"

#include "model/base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 8> operations{"count", "sum", "min", "max",
                                                     "mean",  "p50", "p95", "p99"};

bool is_percentile(fold_operation operation) {
  return operation >= fold_operation::p50;
}

unsigned percent_of(fold_operation operation) {
  return operation == fold_operation::p50 ? 50 : operation == fold_operation::p95 ? 95 : 99;
}

} // namespace

std::vector<std::string> fold_operation_names() {
  return {operations.begin(), operations.end()};
}

std::string_view to_string(fold_operation operation) noexcept {
  return operations[static_cast<std::size_t>(operation)];
}

fold_operation parse_fold_operation(std::string_view name) {
  const auto* const found = std::find(operations.begin(), operations.end(), name);
  if (found == operations.end())
    throw internal_error("no fold operation is called '" + std::string(name) + "'");
  return static_cast<fold_operation>(found - operations.begin());
}

void running_sum::add(const number& value) {
  if (!value.whole) {
    add_real(value.real);
  } else if (std::int64_t total = 0; !__builtin_add_overflow(whole_, value.integer, &total)) {
    whole_ = total;
  } else {
    add_real(static_cast<double>(whole_));
    whole_ = value.integer;
  }
}

void running_sum::add_real(double value) {
  has_real_ = true;
  const double total = real_ + value;
  compensation_ += std::abs(real_) >= std::abs(value) ? (real_ - total) + value : (value - total) + real_;
  real_ = total;
}

number running_sum::total() const {
  if (!has_real_)
    return number::of(whole_);
  running_sum all = *this;
  all.add_real(static_cast<double>(whole_));
  // The compensation of an infinite total is not a number.
  return number::of(std::isfinite(all.compensation_) ? all.real_ + all.compensation_ : all.real_);
}

accumulator::accumulator(fold_operation operation)
    : operation_(operation),
      sketch_(is_percentile(operation) ? std::make_unique<quantile_sketch>() : nullptr) {}

void accumulator::add(const number& value) {
  ++count_;
  switch (operation_) {
  case fold_operation::count:
    return;
  case fold_operation::sum:
  case fold_operation::mean:
    return sum_.add(value);
  case fold_operation::min:
    if (count_ == 1 || value < extreme_)
      extreme_ = value;
    return;
  case fold_operation::max:
    if (count_ == 1 || extreme_ < value)
      extreme_ = value;
    return;
  default:
    return sketch_->add(value.real);
  }
}

json accumulator::result() const {
  if (operation_ == fold_operation::count)
    return to_json(number::of(static_cast<std::int64_t>(count_)));
  if (operation_ == fold_operation::sum)
    return to_json(sum_.total());
  if (count_ == 0)
    return {};
  if (operation_ == fold_operation::mean)
    return to_json(number::of(sum_.total().real / static_cast<double>(count_)));
  if (is_percentile(operation_))
    return to_json(number::of(sketch_->percentile(percent_of(operation_))));
  return to_json(extreme_);
}

} // namespace sluice
