#include "model/base/error.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_client.hpp"
#include "runtime/cli/top_feed.hpp"
#include "runtime/cli/top_keys.hpp"
#include "runtime/cli/top_look.hpp"
#include "runtime/cli/top_screen.hpp"
#include "runtime/cli/top_terminal.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

namespace sluice {

namespace {

/// Rows of a screen that a page of lists does not have.
constexpr int rows_around = 7;

int print_once(const top_arguments& arguments, http_target target, cli_streams& streams) {
  http_client client(std::move(target));
  const auto before = take_look(client);
  (void)client.pause(std::chrono::ceil<std::chrono::milliseconds>(arguments.interval));
  const auto state = make_top_state(client.target().url, take_look(client), &before);
  for (const auto& line : top_text(state))
    streams.out << line << '\n';
  return exit_status::success;
}

bool uses_colours(const cli_streams& streams) {
  const auto refused = streams.environment ? streams.environment("NO_COLOR") : std::nullopt;
  return !refused || refused->empty();
}

int show_until_quit(const top_arguments& arguments, http_target target, cli_streams& streams) {
  // Before the feed, whose thread must not get the signals; after it at the end.
  top_terminal terminal(streams.out);
  const top_feed feed(std::move(target), arguments.interval, [&terminal] { terminal.wake(); });
  top_control control;
  top_view view;
  view.colours = uses_colours(streams);
  auto state = feed.latest();
  while (!control.quit) {
    view.size = terminal.size();
    view.scroll = control.scroll;
    terminal.draw(top_screen(state, view));
    const auto seen = terminal.wait();
    if (seen.ended || streams.out.fail())
      break;
    const auto page = static_cast<std::size_t>(std::max(view.size.rows - rows_around, 1));
    apply_keys(seen.keys, page, longest_scroll(state, view.size), control);
    auto latest = feed.latest(); // throws when the server wants another token
    if (!control.held)
      state = std::move(latest);
    state.held = control.held;
  }
  return exit_status::success;
}

} // namespace

int execute(const top_arguments& arguments, const node_catalog&, cli_streams& streams) {
  auto target = find_server(arguments.server, streams);
  if (arguments.once)
    return print_once(arguments, std::move(target), streams);
  if (!streams.out_is_terminal)
    throw error("no_terminal", "standard output is no terminal; use --once to print one screen");
  return show_until_quit(arguments, std::move(target), streams);
}

} // namespace sluice
