#pragma once

#include "model/base/defaults.hpp"
#include "model/message/message.hpp"

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
inline constexpr std::size_t band_count = 3;

std::string_view to_string(overflow_policy policy) noexcept;
std::string_view to_string(priority_band band) noexcept;
std::optional<overflow_policy> parse_policy(std::string_view name) noexcept;
std::optional<priority_band> parse_band(std::string_view name) noexcept;
std::vector<std::string> policy_names();
std::vector<std::string> band_names();

/// Everything that an edge does, but for its ends.
struct edge_settings {
  std::size_t capacity = defaults::edge_capacity;
  overflow_policy policy = overflow_policy::block;
  priority_band band = priority_band::normal;
  /// Closes a cycle; does not hold the end and orders ignore it.
  bool feedback = false;
  /// Messages a lossy edge hands to its consumer at a time.
  std::size_t prefetch = defaults::lossy_prefetch;
  /// `coalesce`: the name of the function, and the function.
  std::string coalesce_name = {};
  coalesce_function coalesce = {};
  /// `latest`: the key's program as written, and the function. Without one, one message in all is kept.
  std::string key_source = {};
  key_function key = {};

  bool lossless() const noexcept { return policy == overflow_policy::block; }
};

} // namespace sluice
