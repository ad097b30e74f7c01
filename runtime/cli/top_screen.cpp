#include "runtime/cli/top_screen.hpp"

#include "runtime/cli/character_width.hpp"
#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sluice {

namespace {

enum class mood : std::uint8_t { plain, heading, good, doubtful, bad };

struct screen_line {
  std::string text;
  mood kind = mood::plain;
};
using screen_lines = std::vector<screen_line>;

/// Width of everything in an edge's row but its name.
constexpr int edge_columns = 60;
constexpr int narrowest_name = 16;
constexpr int policy_width = 12;
/// On paper there is no edge to the right.
constexpr int paper_columns = 120;

/// Returns where the character after the first `count` ones begins.
std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (!continues_character(text[at]) && count-- == 0)
      break;
  return at;
}

/// Returns `text` cut to `width` characters.
std::string cut(std::string text, int width) {
  const auto most = static_cast<std::size_t>(std::max(width, 1));
  if (width_of(text) <= most)
    return text;
  text.resize(offset_of(text, most - 1));
  return text + "…";
}

/// Returns `text` with exactly `width` characters.
std::string cell(const std::string& text, int width) {
  auto shown = cut(text, width);
  shown.append(static_cast<std::size_t>(width) -
                   std::min<std::size_t>(width_of(shown), static_cast<std::size_t>(width)),
               ' ');
  return shown;
}

std::string uptime(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(seconds, 0.0));
  if (whole < 60)
    return fmt::format("{} s", whole);
  if (whole < 3600)
    return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  if (whole < 86400)
    return fmt::format("{}h {:02}m", whole / 3600, whole % 3600 / 60);
  return fmt::format("{}d {:02}h", whole / 86400, whole % 86400 / 3600);
}

std::string rate_text(const std::optional<double>& rate) {
  return rate ? short_number(*rate) : "-";
}

std::string bar(double share) {
  constexpr int width = 8;
  const int full = share <= 0 ? 0 : std::clamp(static_cast<int>(std::lround(share * width)), 1, width);
  return fmt::format("{}{} {:>3}%", std::string(static_cast<std::size_t>(full), '#'),
                     std::string(static_cast<std::size_t>(width - full), '.'), std::lround(share * 100));
}

screen_line status_line(const top_state& state) {
  if (!state.trouble.empty())
    return {one_line(state.trouble), mood::bad};
  const auto& health = state.health;
  const auto words = health.draining        ? std::string("draining")
                     : health.ready         ? std::string("ready")
                     : health.store != "ok" ? "not ready: " + one_line(health.store)
                                            : std::string("not ready");
  return {
      fmt::format("{}  version {}  up {}", words, one_line(health.version), uptime(health.uptime_seconds)),
      health.ready ? mood::good : mood::bad};
}

screen_line runs_line(const health_view& health) {
  std::string text = "runs    ";
  bool any = false;
  for (const auto& [status, count] : health.runs)
    if (count > 0) {
      text += fmt::format(" {} {} ", one_line(status), grouped(count));
      any = true;
    }
  return {any ? text : text + " none", mood::plain};
}

screen_line worker_line(const top_state& state) {
  const auto& health = state.health;
  std::string text = "worker   ";
  if (!health.worker_enabled)
    return {text + "off: " + one_line(health.worker_reason), mood::plain};
  text += health.worker_running ? "running on" : "not running on";
  for (const auto& lane : health.worker_lanes)
    text += " " + one_line(lane);
  text +=
      fmt::format("  {} ticks  {} leases held", grouped(health.worker_ticks), grouped(health.leases_held));
  return {text, health.worker_running ? mood::plain : mood::doubtful};
}

screen_lines head_of(const top_state& state) {
  const auto clock = state.seen ? to_string(state.wall).substr(11, 8) + " UTC" : std::string();
  screen_lines lines{{fmt::format("sluice top  {}  {}{}", one_line(state.url), clock,
                                  state.held ? "  [display held: p lets it go]" : ""),
                      mood::heading},
                     status_line(state)};
  if (!state.seen)
    return lines;
  lines.push_back(runs_line(state.health));
  lines.push_back(worker_line(state));
  return lines;
}

void add_flows(const top_state& state, screen_lines& lines) {
  if (state.flows.empty()) {
    lines.push_back({"no flows are running", mood::plain});
    return;
  }
  lines.push_back({fmt::format("{:<36}  {:<10}  {:>5}  {:>5}  {:>9}  {}", "FLOW", "STATUS", "NODES", "EDGES",
                               "ERRORS", "NAME"),
                   mood::heading});
  for (const auto& flow : state.flows)
    lines.push_back(
        {fmt::format("{:<36}  {}  {:>5}  {:>5}  {:>9}  {}", flow.id, cell(one_line(flow.status), 10),
                     flow.nodes, flow.edges, grouped(flow.errors), one_line(flow.name)),
         flow.errors > 0 ? mood::doubtful : mood::plain});
  if (state.flows_left_out > 0)
    lines.push_back({fmt::format("and {} more flows", state.flows_left_out), mood::doubtful});
}

mood mood_of(const top_edge& edge) {
  if (edge.lost_rate.value_or(0) > 0)
    return mood::bad;
  return edge.blocked > 0.5 || edge.fill > 0.9 ? mood::doubtful : mood::plain;
}

void add_edges(const top_state& state, int columns, screen_lines& lines) {
  if (state.edges.empty())
    return;
  const bool with_policy = columns >= edge_columns + narrowest_name + 2 * policy_width;
  const int name = std::max(columns - edge_columns - (with_policy ? policy_width + 2 : 0), narrowest_name);
  const auto row = [&](const std::string& edge, const std::string& policy, const std::string& numbers) {
    return cell(edge, name) + (with_policy ? "  " + cell(policy, policy_width) : "") + numbers;
  };
  lines.push_back({"", mood::plain});
  lines.push_back({row("EDGE", "POLICY",
                       fmt::format("  {:>8}  {:<13}  {:>8}  {:>12}  {:>7}", "RATE/s", "FILL", "LOST/s",
                                   "LOST", "BLOCKED")),
                   mood::heading});
  for (const auto& edge : state.edges)
    lines.push_back(
        {row(fmt::format("{}: {}", one_line(edge.flow), one_line(edge.edge)), one_line(edge.policy),
             fmt::format("  {:>8}  {}  {:>8}  {:>12}  {:>6}%", rate_text(edge.rate), bar(edge.fill),
                         rate_text(edge.lost_rate), grouped(edge.lost), std::lround(edge.blocked * 100))),
         mood_of(edge)});
}

void add_leases(const top_state& state, screen_lines& lines) {
  if (state.leases.empty())
    return;
  lines.push_back({"", mood::plain});
  lines.push_back({fmt::format("{:<36}  {:>6}  {:<5}  {:>10}  {}", "LEASE ON RUN", "TOKEN", "STATE",
                               "EXPIRES IN", "OWNER"),
                   mood::heading});
  for (const auto& lease : state.leases) {
    const auto left = lease.expires_in_seconds ? fmt::format("{:.1f} s", *lease.expires_in_seconds) : "-";
    lines.push_back({fmt::format("{:<36}  {:>6}  {:<5}  {:>10}  {}", to_string(lease.run), lease.token,
                                 lease.live ? "live" : "free", left, one_line(lease.owner)),
                     lease.live ? mood::plain : mood::doubtful});
  }
  if (state.more_leases)
    lines.push_back({"and more; `sluice leases list` has them all", mood::plain});
}

screen_lines lists_of(const top_state& state, int columns) {
  screen_lines lines;
  if (!state.seen)
    return lines;
  add_flows(state, lines);
  add_edges(state, columns, lines);
  add_leases(state, lines);
  return lines;
}

std::string paint(const screen_line& line, const top_view& view) {
  auto text = cut(line.text, view.size.columns);
  if (!view.colours || line.kind == mood::plain)
    return text;
  const char* const code = line.kind == mood::heading ? "1"
                           : line.kind == mood::good  ? "32"
                           : line.kind == mood::bad   ? "1;31"
                                                      : "33";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

/// Rows for lists: the head, an empty line and the line of help stand around them.
std::size_t room_for_lists(const top_state& state, const terminal_size& size) {
  const auto taken = head_of(state).size() + 2;
  const auto rows = static_cast<std::size_t>(std::max(size.rows, 1));
  return rows > taken ? rows - taken : 0;
}

} // namespace

std::string short_number(double number) {
  constexpr std::string_view units = "kMGT";
  if (number < 1000)
    return number == std::floor(number) || number >= 10 ? fmt::format("{:.0f}", number)
                                                        : fmt::format("{:.1f}", number);
  std::size_t unit = 0;
  number /= 1000;
  while (number >= 999.5 && unit + 1 < units.size()) {
    number /= 1000;
    ++unit;
  }
  return number < 9.95 ? fmt::format("{:.1f}{}", number, units[unit])
                       : fmt::format("{:.0f}{}", number, units[unit]);
}

std::size_t longest_scroll(const top_state& state, const terminal_size& size) {
  const auto rows = lists_of(state, size.columns).size();
  return rows - std::min(rows, room_for_lists(state, size));
}

std::vector<std::string> top_screen(const top_state& state, const top_view& view) {
  auto shown = head_of(state);
  shown.push_back({"", mood::plain});
  const auto lists = lists_of(state, view.size.columns);
  const auto room = room_for_lists(state, view.size);
  const auto first = std::min(view.scroll, longest_scroll(state, view.size));
  for (auto i = first; i < std::min(first + room, lists.size()); ++i)
    shown.push_back(lists[i]);
  // Help stands at the bottom.
  while (shown.size() + 1 < static_cast<std::size_t>(std::max(view.size.rows, 1)))
    shown.push_back({"", mood::plain});
  const auto below = lists.size() - std::min(first + room, lists.size());
  shown.push_back({below > 0 ? fmt::format("q quit  p hold  j/k scroll  {} more lines", below)
                             : std::string("q quit  p hold  j/k scroll"),
                   mood::plain});
  if (shown.size() > static_cast<std::size_t>(std::max(view.size.rows, 1)))
    shown.resize(static_cast<std::size_t>(std::max(view.size.rows, 1)));
  std::vector<std::string> lines;
  for (const auto& line : shown)
    lines.push_back(paint(line, view));
  return lines;
}

std::vector<std::string> top_text(const top_state& state) {
  auto shown = head_of(state);
  shown.push_back({"", mood::plain});
  for (auto& line : lists_of(state, paper_columns))
    shown.push_back(std::move(line));
  std::vector<std::string> lines;
  for (auto& line : shown) {
    line.text.erase(line.text.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line.text));
  }
  return lines;
}

} // namespace sluice
