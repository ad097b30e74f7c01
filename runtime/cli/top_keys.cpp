#include "runtime/cli/top_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice {

namespace {

enum class key_action : std::uint8_t { quit, hold, down, up, page_down, page_up, first, last };

struct key_meaning {
  std::string_view bytes;
  key_action action;
};

constexpr std::array<key_meaning, 22> keys_known{{
    {"q", key_action::quit},
    {"Q", key_action::quit},
    {"p", key_action::hold},
    {" ", key_action::hold},
    {"j", key_action::down},
    {"k", key_action::up},
    {"g", key_action::first},
    {"G", key_action::last},
    {"\x1b[B", key_action::down},
    {"\x1bOB", key_action::down},
    {"\x1b[A", key_action::up},
    {"\x1bOA", key_action::up},
    {"\x1b[6~", key_action::page_down},
    {"\x1b[5~", key_action::page_up},
    {"\x1b[H", key_action::first},
    {"\x1bOH", key_action::first},
    {"\x1b[1~", key_action::first},
    {"\x1b[F", key_action::last},
    {"\x1bOF", key_action::last},
    {"\x1b[4~", key_action::last},
    {"\x06", key_action::page_down},
    {"\x02", key_action::page_up},
}};

/// Returns how many bytes an unknown sequence takes: ESC [ … up to a letter or ~.
std::size_t length_of_unknown(std::string_view keys) {
  if (keys.size() < 3 || keys[0] != '\x1b' || (keys[1] != '[' && keys[1] != 'O'))
    return 1;
  std::size_t at = 2;
  while (at < keys.size() && (keys[at] < '@' || keys[at] > '~'))
    ++at;
  return std::min(at + 1, keys.size());
}

void apply(key_action action, std::size_t page, std::size_t longest, top_control& control) {
  const auto up = [&](std::size_t rows) { control.scroll -= std::min(rows, control.scroll); };
  const auto down = [&](std::size_t rows) { control.scroll = std::min(control.scroll + rows, longest); };
  switch (action) {
  case key_action::quit:
    control.quit = true;
    break;
  case key_action::hold:
    control.held = !control.held;
    break;
  case key_action::down:
    return down(1);
  case key_action::up:
    return up(1);
  case key_action::page_down:
    return down(page);
  case key_action::page_up:
    return up(page);
  case key_action::first:
    control.scroll = 0;
    break;
  case key_action::last:
    control.scroll = longest;
    break;
  }
}

} // namespace

void apply_keys(std::string_view keys, std::size_t page, std::size_t longest, top_control& control) {
  control.scroll = std::min(control.scroll, longest);
  while (!keys.empty()) {
    const auto* const found =
        std::find_if(keys_known.begin(), keys_known.end(),
                     [&](const key_meaning& each) { return keys.starts_with(each.bytes); });
    if (found != keys_known.end())
      apply(found->action, page, longest, control);
    keys.remove_prefix(found != keys_known.end() ? found->bytes.size() : length_of_unknown(keys));
  }
}

} // namespace sluice
