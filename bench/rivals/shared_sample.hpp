#pragma once

#include <cstdint>
#include <memory>

#include "bench/support/chain.hpp"

namespace sluice::bench {

/// A `sample` on the heap, shared by its copies: what a user of oneTBB would send instead of large values.
template <std::size_t Bytes>
class shared_sample {
public:
  shared_sample() = default;
  explicit shared_sample(std::uint64_t number) : value_(std::make_shared<const sample<Bytes>>(number)) {}
  std::uint64_t number() const noexcept { return value_->number(); }

private:
  std::shared_ptr<const sample<Bytes>> value_;
};

} // namespace sluice::bench
