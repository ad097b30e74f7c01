#pragma once

#include "model/edge/policy.hpp"
#include "model/message/message_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice::testing {

/// Returns the numbers that `messages` carry.
inline std::vector<std::uint64_t> numbers_of(const std::vector<message>& messages) {
  std::vector<std::uint64_t> all;
  for (const auto& one : messages)
    all.push_back(one.get<std::uint64_t>());
  return all;
}

/// Returns a batch of one message per number.
inline batch_pointer batch_of(const std::vector<std::uint64_t>& numbers) {
  auto batch = std::make_shared<message_batch>();
  for (const auto number : numbers)
    batch->messages.emplace_back(number);
  return batch;
}

/// Returns a batch that carries only the end of the stream.
inline batch_pointer end_batch() {
  auto batch = std::make_shared<message_batch>();
  batch->marker = message(end_of_stream{}, message_kind::marker);
  return batch;
}

/// Settings of an edge in one line.
inline edge_settings edge_with(overflow_policy policy, std::size_t capacity, std::size_t prefetch = 1) {
  edge_settings settings;
  settings.policy = policy;
  settings.capacity = capacity;
  settings.prefetch = prefetch;
  return settings;
}

/// `first, first + 1 …`, `count` of them.
inline std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  for (std::uint64_t i = 0; i < count; ++i)
    all[i] = first + i;
  return all;
}

} // namespace sluice::testing
