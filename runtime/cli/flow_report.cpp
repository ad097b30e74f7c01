#include "runtime/cli/flow_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace sluice {

namespace {

struct column {
  const char* title;
  std::uint64_t (*value)(const edge_counters&);
  bool always;
};

constexpr std::array<column, 10> columns{{
    {"offered", [](const edge_counters& c) { return c.offered; }, true},
    {"accepted", [](const edge_counters& c) { return c.accepted; }, true},
    {"dropped", [](const edge_counters& c) { return c.dropped; }, false},
    {"refused", [](const edge_counters& c) { return c.refused(); }, false},
    {"delivered", [](const edge_counters& c) { return c.delivered; }, true},
    {"replaced", [](const edge_counters& c) { return c.replaced; }, false},
    {"coalesced", [](const edge_counters& c) { return c.coalesced; }, false},
    {"evicted", [](const edge_counters& c) { return c.evicted; }, false},
    {"discarded", [](const edge_counters& c) { return c.discarded; }, false},
    {"waiting", [](const edge_counters& c) { return c.depth; }, false},
}};

using row = std::vector<std::string>;

/// Columns are as wide as their widest cell; the first two are text, the rest numbers.
std::string render(const std::vector<row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], cells[i].size());
  std::string result;
  for (const auto& cells : rows) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i)
      line +=
          i < 2 ? fmt::format("{:<{}}  ", cells[i], widths[i]) : fmt::format("{:>{}}  ", cells[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

std::string edge_table(const flow_snapshot& flow) {
  std::vector<column> shown;
  std::copy_if(columns.begin(), columns.end(), std::back_inserter(shown), [&](const column& one) {
    return one.always || std::any_of(flow.edges.begin(), flow.edges.end(),
                                     [&](const auto& edge) { return one.value(edge.counters) > 0; });
  });
  std::vector<row> rows{{"edge", "policy"}};
  for (const auto& one : shown)
    rows.front().emplace_back(one.title);
  rows.front().emplace_back("balance");
  for (const auto& edge : flow.edges) {
    auto& cells = rows.emplace_back(row{edge.id, std::string(to_string(edge.policy))});
    for (const auto& one : shown)
      cells.push_back(grouped(one.value(edge.counters)));
    cells.emplace_back(edge.counters.balanced() ? "holds" : "BROKEN");
  }
  return render(rows);
}

std::string duration_text(std::uint64_t nanoseconds) {
  return fmt::format("{:.3f} s", static_cast<double>(nanoseconds) / 1e9);
}

std::string headline(const flow_summary& summary) {
  auto line = fmt::format("{}: {} in {}", summary.final.name, to_string(summary.outcome),
                          duration_text(summary.duration_ns));
  if (!summary.reason.empty())
    line += ": " + summary.reason;
  else if (summary.deadline_exceeded)
    line += "; the drain deadline cut it off";
  if (summary.discarded > 0)
    line += fmt::format("; {} messages discarded", grouped(summary.discarded));
  if (!summary.stuck.empty())
    line += fmt::format("; handlers that did not return: {}", fmt::join(summary.stuck, ", "));
  return line + "\n";
}

std::string short_rate(double rate) {
  if (rate >= 999'500)
    return fmt::format("{:.1f} M/s", rate / 1e6);
  if (rate >= 999.5)
    return fmt::format("{:.1f} k/s", rate / 1e3);
  return fmt::format("{:.0f} /s", rate);
}

std::uint64_t delivered_before(const flow_snapshot& before, std::size_t index, const std::string& id) {
  return index < before.edges.size() && before.edges[index].id == id ? before.edges[index].counters.delivered
                                                                     : 0;
}

double fill(const edge_counters& counters) {
  return counters.capacity == 0
             ? 0
             : static_cast<double>(counters.depth) / static_cast<double>(counters.capacity);
}

/// Returns the edges to show: all, or the fullest, in the flow's order.
std::vector<std::size_t> choose(const flow_snapshot& flow, std::size_t room) {
  std::vector<std::size_t> chosen(flow.edges.size());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (chosen.size() <= room)
    return chosen;
  std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
    return fill(flow.edges[a].counters) > fill(flow.edges[b].counters);
  });
  chosen.resize(room);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::string live_line(const edge_snapshot& edge, double rate, std::size_t name_width, terminal_size size,
                      bool colours) {
  constexpr std::size_t bar_width = 10;
  const auto& counters = edge.counters;
  const auto full = static_cast<std::size_t>(std::lround(fill(counters) * bar_width));
  auto line = fmt::format("{:<{}} {:>10} [{:<{}}] {:>6}/{}", edge.id.substr(0, name_width), name_width,
                          short_rate(rate), std::string(std::min(full, bar_width), '#'), bar_width,
                          counters.depth, counters.capacity);
  if (lost(counters) > 0)
    line += fmt::format("  lost {}", grouped(lost(counters)));
  if (counters.coalesced > 0)
    line += fmt::format("  merged {}", grouped(counters.coalesced));
  line = line.substr(0, static_cast<std::size_t>(std::max(size.columns - 1, 1)));
  if (!colours || fill(counters) < 0.8)
    return line;
  return "\x1b[33m" + line + "\x1b[0m";
}

} // namespace

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::uint64_t lost(const edge_counters& counters) noexcept {
  return counters.dropped + counters.refused() + counters.replaced + counters.evicted + counters.discarded;
}

std::string summary_table(const flow_summary& summary) {
  const auto table = summary.final.edges.empty() ? std::string{} : edge_table(summary.final);
  return headline(summary) + table;
}

std::vector<std::string> live_frame(const flow_snapshot& now, const flow_snapshot& before,
                                    std::chrono::nanoseconds elapsed, terminal_size size, bool colours) {
  const auto room = static_cast<std::size_t>(std::max(size.rows - 1, 1));
  const bool all = now.edges.size() <= room;
  const auto chosen = choose(now, all ? room : room - 1);
  std::size_t name_width = 1;
  for (const auto index : chosen)
    name_width = std::max(name_width, now.edges[index].id.size());
  name_width = std::min(name_width, static_cast<std::size_t>(std::max(size.columns - 45, 8)));
  const double seconds = std::max(static_cast<double>(elapsed.count()) / 1e9, 1e-9);
  std::vector<std::string> lines;
  for (const auto index : chosen) {
    const auto& edge = now.edges[index];
    const auto earlier = std::min(delivered_before(before, index, edge.id), edge.counters.delivered);
    const auto rate = static_cast<double>(edge.counters.delivered - earlier) / seconds;
    lines.push_back(live_line(edge, rate, name_width, size, colours));
  }
  if (!all)
    lines.push_back(fmt::format("and {} more edges", now.edges.size() - chosen.size())
                        .substr(0, static_cast<std::size_t>(std::max(size.columns - 1, 1))));
  return lines;
}

} // namespace sluice
