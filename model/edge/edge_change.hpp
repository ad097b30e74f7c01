#pragma once

#include "model/edge/policy.hpp"

#include <cstddef>
#include <optional>

namespace sluice {

/// What may change about an edge while its flow runs; what is absent stays as it is.
struct edge_change {
  /// In messages. A lossless edge above its new capacity loses nothing: its producer gets no credit until its
  /// depth has come down. A lossy one applies its policy to the surplus when its next message comes.
  std::optional<std::size_t> capacity = {};
  /// The share of service at its consumer.
  std::optional<priority_band> band = {};

  /// True when it changes nothing.
  bool empty() const noexcept { return !capacity && !band; }
};

/// Throws `error("bad_value")` for a change that changes nothing, and for a capacity that validation would
/// not let pass.
void check_change(const edge_change& change);

} // namespace sluice
