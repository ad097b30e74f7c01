#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/top_state.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice {

/// How much of the state is shown, and where.
struct top_view {
  terminal_size size = {};
  /// Rows of the lists that are above the screen.
  std::size_t scroll = 0;
  bool colours = false;
};

/// Returns the screen: at most `size.rows` lines, each at most `size.columns` characters wide besides
/// colours. Names that users chose are made harmless (`one_line`).
std::vector<std::string> top_screen(const top_state& state, const top_view& view);

/// Returns everything, however many lines it takes, without colours and help: for scripts.
std::vector<std::string> top_text(const top_state& state);

/// Returns how far the lists of the state can be scrolled on a screen of this size.
std::size_t longest_scroll(const top_state& state, const terminal_size& size);

/// Returns a number for a narrow column: `0`, `999`, `1.2k`, `34M`.
std::string short_number(double number);

} // namespace sluice
