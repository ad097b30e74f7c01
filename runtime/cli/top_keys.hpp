#pragma once

#include <cstddef>
#include <string_view>

namespace sluice {

/// What the person at the screen wants.
struct top_control {
  bool quit = false;
  /// The display stays as it is.
  bool held = false;
  /// Rows of the lists above the screen.
  std::size_t scroll = 0;
};

/// Changes `control` by keys as a terminal sends them: q, p or space, j, k, g, G, arrows, PgUp, PgDn, Home,
/// End. `page`: rows of one screen; `longest`: how far there is to scroll. Other keys do nothing.
void apply_keys(std::string_view keys, std::size_t page, std::size_t longest, top_control& control);

} // namespace sluice
