#pragma once

#include "model/base/defaults.hpp"
#include "model/message/message.hpp"
#include "model/message/port_type.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What an edge does when it is full; `latest` acts always. DESIGN 3 has the table.
enum class overflow_policy : std::uint8_t { block, drop, drop_oldest, latest, coalesce };

/// Merges `incoming` into `queued` (the newest queued message). Throws to refuse `incoming`; `queued` is then
/// unchanged. Thread: the edge actor's; must be pure.
using coalesce_function = std::function<void(message& queued, message&& incoming)>;

/// Returns the key that `latest` keeps one message of. Throws to refuse the message.
using key_function = std::function<std::string(const message&)>;

/// The share of service an edge gets at its consumer.
enum class priority_band : std::uint8_t { urgent, high, normal };
/// How many bands there are.
inline constexpr std::size_t band_count = 3;

/// Returns the name as it is written in YAML, e.g. `drop_oldest`.
std::string_view to_string(overflow_policy policy) noexcept;
/// Returns the name as it is written in YAML, e.g. `urgent`.
std::string_view to_string(priority_band band) noexcept;
/// Returns the policy of that name, or nothing.
std::optional<overflow_policy> parse_policy(std::string_view name) noexcept;
/// Returns the band of that name, or nothing.
std::optional<priority_band> parse_band(std::string_view name) noexcept;
/// Returns all names, in the order of the enumeration.
std::vector<std::string> policy_names();
/// Returns all names, in the order of the enumeration.
std::vector<std::string> band_names();

/// Everything that an edge does, but for its ends.
struct edge_settings {
  /// The most messages that wait in it; at least 1.
  std::size_t capacity = defaults::edge_capacity;
  /// What it does when it is full.
  overflow_policy policy = overflow_policy::block;
  /// Its share of service at its consumer.
  priority_band band = priority_band::normal;
  /// Closes a cycle; does not hold the end and orders ignore it.
  bool feedback = false;
  /// Messages a lossy edge hands to its consumer at a time.
  std::size_t prefetch = defaults::lossy_prefetch;
  /// `coalesce`: the name of the function, and the function.
  std::string coalesce_name = {};
  /// See `coalesce_name`; `coalesce_with` makes one of a function of payloads.
  coalesce_function coalesce = {};
  /// `latest`: the key's program as written, and the function. Without one, one message in all is kept.
  std::string key_source = {};
  /// See `key_source`; `latest_by` makes one of a function of payloads.
  key_function key = {};
  /// The payload that `coalesce` and `key` are functions of; any: whatever comes.
  port_type function_takes = {};

  /// True when it never gives a message up while the flow runs.
  bool lossless() const noexcept { return policy == overflow_policy::block; }
};

} // namespace sluice
