#pragma once

#include "model/edge/policy.hpp"

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice {

/// Returns the settings of an edge that keeps one message per key: a newer one takes the place of an older
/// one that still waits. `key(const T&)` gives an `std::string`; what throws refuses the message. `capacity`
/// is the number of keys: with more, the one that waited longest is given up for a new one. Thread of `key`:
/// the edge's. On an edge of another payload than `T` it is the finding `TYPE_MISMATCH`.
///
///     b.sink(prices, "screen", show, latest_by<price>([](const price& one) { return one.symbol; }, 100));
template <class T, class Function>
edge_settings latest_by(Function key, std::size_t capacity = defaults::edge_capacity) {
  static_assert(std::is_invocable_r_v<std::string, const Function&, const T&>,
                "sluice: the key function of a latest edge takes const T& and returns a std::string");
  edge_settings settings;
  settings.policy = overflow_policy::latest;
  settings.capacity = capacity;
  settings.function_takes = port_type::of<T>();
  settings.key = [key = std::move(key)](const message& queued) { return key(queued.get<T>()); };
  return settings;
}

} // namespace sluice
