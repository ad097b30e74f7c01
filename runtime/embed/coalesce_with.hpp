#pragma once

#include "model/edge/policy.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace sluice {

/// Returns the settings of an edge that, while it is full, merges what comes into the newest message that
/// waits: `merge(const T& queued, const T& incoming)` returns the payload that takes the place of both; trace
/// id, time and key stay the queued one's. What it throws refuses the incoming message. Thread of `merge`:
/// the edge's, one at a time; it must be pure and short. On an edge of another payload than `T` it is
/// the finding `TYPE_MISMATCH`.
///
///     b.sink(trades, "board", show, coalesce_with<trade>([](const trade& a, const trade& b) {
///              return trade{b.symbol, b.price, a.volume + b.volume};
///            }, 16));
template <class T, class Function>
edge_settings coalesce_with(Function merge, std::size_t capacity = defaults::edge_capacity) {
  static_assert(std::is_invocable_r_v<T, const Function&, const T&, const T&>,
                "sluice: the function of a coalesce edge takes two const T& and returns a T");
  edge_settings settings;
  settings.policy = overflow_policy::coalesce;
  settings.capacity = capacity;
  settings.function_takes = port_type::of<T>();
  settings.coalesce = [merge = std::move(merge)](message& queued, message&& incoming) {
    queued.set_content(payload(T(merge(queued.get<T>(), incoming.get<T>()))));
  };
  return settings;
}

} // namespace sluice
