#pragma once

#include "model/edge/policy.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace sluice {

/// Chooses which input edge a node serves next: weighted round-robin between bands (`defaults::urgent_weight`
/// and so on), round-robin inside one. Only edges with something to give take part, so no share is wasted and
/// none starves. A turn that is cut short (the slice is over, the outputs are full) goes on later: otherwise
/// whoever comes first in a slice would win.
class input_selector {
public:
  /// Messages an edge may be served in one turn.
  static constexpr std::size_t turn_messages = 8;

  explicit input_selector(const std::vector<priority_band>& bands) {
    for (std::size_t i = 0; i < bands.size(); ++i)
      add(i, bands[i]);
  }

  /// Moves input `input` to another band.
  void set_band(std::size_t input, priority_band to) {
    for (auto& each : bands_)
      std::erase(each.members, input);
    for (auto& each : bands_)
      each.next = 0;
    add(input, to);
  }

  /// Returns the input whose turn it is among those for which `ready(input)` is true, or nothing.
  template <class Ready>
  std::optional<std::size_t> next(Ready&& ready) {
    if (left_ != 0 && ready(current_))
      return current_;
    for (int round = 0; round < 2; ++round) {
      bool used_up = false;
      for (auto& each : bands_) {
        if (each.turns_left == 0) {
          used_up |= any_ready(each, ready);
          continue;
        }
        if (const auto found = next_in(each, ready)) {
          --each.turns_left;
          current_ = *found;
          left_ = turn_messages;
          return found;
        }
      }
      // When nobody is ready (a paused port, say) the round and the turn go on later.
      if (!used_up)
        return std::nullopt;
      refill();
    }
    return std::nullopt;
  }

  /// Messages that the input chosen last may still be served in its turn.
  std::size_t left() const noexcept { return left_; }
  /// The input chosen last was served `count` messages, at most `left()`.
  void served(std::size_t count) noexcept { left_ -= count; }

private:
  struct band_state {
    unsigned weight;
    unsigned turns_left;
    std::vector<std::size_t> members = {};
    std::size_t next = 0;
  };

  void add(std::size_t input, priority_band where) {
    bands_[static_cast<std::size_t>(where)].members.push_back(input);
  }

  void refill() {
    for (auto& each : bands_)
      each.turns_left = each.weight;
  }

  template <class Ready>
  static bool any_ready(const band_state& in, Ready& ready) {
    return std::any_of(in.members.begin(), in.members.end(), [&](std::size_t input) { return ready(input); });
  }

  template <class Ready>
  static std::optional<std::size_t> next_in(band_state& from, Ready& ready) {
    for (std::size_t i = 0; i < from.members.size(); ++i) {
      const auto place = (from.next + i) % from.members.size();
      if (ready(from.members[place])) {
        from.next = (place + 1) % from.members.size();
        return from.members[place];
      }
    }
    return std::nullopt;
  }

  std::size_t current_ = 0;
  std::size_t left_ = 0;
  std::array<band_state, band_count> bands_{band_state{defaults::urgent_weight, defaults::urgent_weight},
                                            band_state{defaults::high_weight, defaults::high_weight},
                                            band_state{defaults::normal_weight, defaults::normal_weight}};
};

} // namespace sluice
