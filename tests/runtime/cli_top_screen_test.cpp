#include "runtime/cli/top_keys.hpp"
#include "runtime/cli/top_screen.hpp"
#include "runtime/cli/top_state.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace sluice;

namespace {

uuid numbered(std::uint8_t number) {
  uuid id;
  id.bytes[15] = number;
  return id;
}

flow_edge_view edge(const std::string& id, std::uint64_t in, std::uint64_t depth = 0,
                    std::uint64_t dropped = 0, double blocked = 0) {
  flow_edge_view made;
  made.id = id;
  made.policy = "block";
  made.capacity = 100;
  made.in = in;
  made.depth = depth;
  made.dropped = dropped;
  made.blocked_seconds = blocked;
  return made;
}

/// Returns a look at one flow, taken so long after the first.
top_look look(std::chrono::milliseconds after, std::vector<flow_edge_view> edges) {
  top_look made;
  made.at = std::chrono::steady_clock::time_point{} + after;
  made.wall = parse_utc_time("2026-11-21T12:00:05.000Z").value();
  made.health.version = "0.1.0";
  made.health.ready = true;
  made.health.store = "ok";
  made.health.uptime_seconds = 3'700;
  made.health.runs = {{"queued", 12}, {"running", 0}, {"succeeded", 1'204}};
  made.health.worker_reason = "worker.enabled is false";
  flow_view flow;
  flow.flow.id = numbered(1);
  flow.flow.name = "errors";
  flow.flow.status = "running";
  flow.nodes = {{"parse", "json_parse", "running", 10, 10, 2, 0.5}};
  flow.edges = std::move(edges);
  made.flows = {flow};
  return made;
}

constexpr std::chrono::milliseconds start{0};
constexpr std::chrono::milliseconds later{2'000};

std::size_t width_of(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_line(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_top)

BOOST_AUTO_TEST_CASE(rates_and_shares_are_those_since_the_look_before) {
  const auto before = look(start, {edge("a->b", 1'000, 0, 5, 1.0)});
  const auto now = look(later, {edge("a->b", 3'000, 50, 15, 2.0)});
  const auto state = make_top_state("http://host", now, &before);
  BOOST_REQUIRE(state.edges.size() == 1u);
  const auto& only = state.edges[0];
  BOOST_TEST(only.rate.value() == 1'000);
  BOOST_TEST(only.lost_rate.value() == 5);
  BOOST_TEST(only.lost == 15u);
  BOOST_TEST(only.blocked == 0.5);
  BOOST_TEST(only.fill == 0.5);
  BOOST_TEST(state.flows.at(0).errors == 2u);
}

BOOST_AUTO_TEST_CASE(there_is_no_rate_without_a_look_before_or_when_counters_went_back) {
  const auto first = look(start, {edge("a->b", 1'000)});
  BOOST_TEST(!make_top_state("u", first, nullptr).edges[0].rate.has_value());
  const auto restarted = look(later, {edge("a->b", 10), edge("new->b", 1)});
  const auto state = make_top_state("u", restarted, &first);
  for (const auto& each : state.edges)
    BOOST_TEST(!each.rate.has_value());
  const auto at_once = look(start, {edge("a->b", 2'000)});
  BOOST_TEST(!make_top_state("u", at_once, &first).edges[0].rate.has_value());
}

BOOST_AUTO_TEST_CASE(what_hurts_most_stands_first) {
  const std::vector<flow_edge_view> then{edge("idle", 0), edge("busy", 0), edge("full", 0),
                                         edge("blocked", 0), edge("losing", 0)};
  const auto before = look(start, then);
  const auto now = look(later, {edge("idle", 0), edge("busy", 9'000), edge("full", 1, 99),
                                edge("blocked", 1, 1, 0, 1.0), edge("losing", 1, 0, 1)});
  const auto state = make_top_state("u", now, &before);
  std::vector<std::string> order;
  for (const auto& each : state.edges)
    order.push_back(each.edge);
  BOOST_TEST(order == (std::vector<std::string>{"losing", "blocked", "full", "busy", "idle"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_screen_for_scripts_is_plain_and_whole) {
  const auto before = look(start, {edge("parse.out->out.in", 0)});
  auto now = look(later, {edge("parse.out->out.in", 24'690, 52, 7, 0.68)});
  now.leases = {{numbered(9), 17, "boot:1:2:3", 12.34, true}};
  const auto lines = top_text(make_top_state("http://host", now, &before));
  const std::vector<std::string> expected{
      "sluice top  http://host  12:00:05 UTC",
      "ready  version 0.1.0  up 1h 01m",
      "runs     queued 12  succeeded 1,204",
      "worker   off: worker.enabled is false",
      "",
      "FLOW                                  STATUS      NODES  EDGES     ERRORS  NAME",
      "00000000-0000-0000-0000-000000000001  running         1      1          2  errors",
      "",
      "EDGE                                            POLICY          RATE/s  FILL             LOST/s       "
      "   "
      "LOST  BLOCKED",
      "errors: parse.out->out.in                       block              12k  ####....  52%       3.5       "
      "      "
      "7      34%",
      "",
      "LEASE ON RUN                           TOKEN  STATE  EXPIRES IN  OWNER",
      "00000000-0000-0000-0000-000000000009      17  live       12.3 s  boot:1:2:3",
  };
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_screen_fits_its_terminal_whatever_there_is) {
  std::vector<flow_edge_view> edges;
  for (int i = 0; i < 200; ++i)
    edges.push_back(edge("ä_very_long_name_of_an_edge_number_" + std::to_string(i) + "\x1b[2J", 1));
  auto now = look(start, edges);
  now.flows[0].flow.name = "name\nof\tmany\x07lines";
  const auto state = make_top_state("http://host", now, nullptr);
  for (const terminal_size size : {terminal_size{24, 80}, terminal_size{50, 200}, terminal_size{5, 20},
                                   terminal_size{1, 1}, terminal_size{3, 300}}) {
    const auto lines = top_screen(state, {size, 0, false});
    BOOST_TEST(lines.size() <= static_cast<std::size_t>(size.rows));
    for (const auto& line : lines) {
      BOOST_TEST(width_of(line) <= static_cast<std::size_t>(size.columns), line);
      BOOST_TEST((line.find_first_of("\x1b\n\t\x07") == line.npos), line);
    }
  }
}

BOOST_AUTO_TEST_CASE(scrolling_shows_the_rest_and_ends_at_the_end) {
  std::vector<flow_edge_view> edges;
  for (int i = 0; i < 50; ++i)
    edges.push_back(edge("edge" + std::to_string(100 + i), 1));
  const auto state = make_top_state("u", look(start, edges), nullptr);
  const terminal_size size{24, 100};
  BOOST_TEST(has_line(top_screen(state, {size, 0, false}), "edge100"));
  BOOST_TEST(!has_line(top_screen(state, {size, 0, false}), "edge149"));
  BOOST_TEST(has_line(top_screen(state, {size, 0, false}), "more lines"));
  const auto longest = longest_scroll(state, size);
  BOOST_TEST(longest > 0u);
  const auto last = top_screen(state, {size, longest, false});
  BOOST_TEST(has_line(last, "edge149"));
  BOOST_TEST(!has_line(last, "more lines"));
  BOOST_TEST(top_screen(state, {size, longest + 100, false}) == last, boost::test_tools::per_element());
  BOOST_TEST(longest_scroll(state, {100, 100}) == 0u);
}

BOOST_AUTO_TEST_CASE(a_server_that_has_gone_is_said_and_the_last_state_stays) {
  auto state = make_top_state("http://host", look(start, {edge("a->b", 1)}), nullptr);
  state.trouble = "cannot reach http://host: Connection refused";
  const auto lines = top_screen(state, {{24, 100}, 0, false});
  BOOST_TEST(has_line(lines, "Connection refused"));
  BOOST_TEST(has_line(lines, "a->b"));
  top_state never;
  never.url = "http://host";
  never.trouble = "connecting";
  BOOST_TEST(has_line(top_screen(never, {{24, 100}, 0, false}), "connecting"));
}

BOOST_AUTO_TEST_CASE(losses_are_painted_and_nothing_is_without_colours) {
  const auto before = look(start, {edge("a->b", 0)});
  const auto state = make_top_state("u", look(later, {edge("a->b", 10, 0, 10)}), &before);
  BOOST_TEST(has_line(top_screen(state, {{24, 100}, 0, true}), "\x1b[1;31merrors: a->b"));
  BOOST_TEST(!has_line(top_screen(state, {{24, 100}, 0, false}), "\x1b"));
}

BOOST_AUTO_TEST_CASE(numbers_are_short) {
  BOOST_TEST(short_number(0) == "0");
  BOOST_TEST(short_number(0.25) == "0.2");
  BOOST_TEST(short_number(999) == "999");
  BOOST_TEST(short_number(1'234) == "1.2k");
  BOOST_TEST(short_number(12'345) == "12k");
  BOOST_TEST(short_number(999'700) == "1.0M");
  BOOST_TEST(short_number(5e12) == "5.0T");
  BOOST_TEST(short_number(5e17) == "500000T");
}

BOOST_AUTO_TEST_CASE(keys_quit_hold_and_scroll_within_bounds) {
  top_control control;
  apply_keys("jj\x1b[B", 10, 5, control);
  BOOST_TEST(control.scroll == 3u);
  apply_keys("\x1b[6~", 10, 5, control);
  BOOST_TEST(control.scroll == 5u);
  apply_keys("k\x1b[A\x1bOA", 10, 5, control);
  BOOST_TEST(control.scroll == 2u);
  apply_keys("\x1b[5~", 10, 5, control);
  BOOST_TEST(control.scroll == 0u);
  apply_keys("Gg", 10, 5, control);
  BOOST_TEST(control.scroll == 0u);
  apply_keys("G", 10, 5, control);
  apply_keys("", 10, 3, control); // the window grew
  BOOST_TEST(control.scroll == 3u);
  BOOST_TEST(!control.held);
  apply_keys("p", 10, 3, control);
  BOOST_TEST(control.held);
  apply_keys(" ", 10, 3, control);
  BOOST_TEST(!control.held);
  apply_keys("x\x1b[15~\x1b[1;5Cä", 10, 3, control); // keys that mean nothing, F5 and Ctrl-Right among them
  BOOST_TEST(!control.quit);
  BOOST_TEST(control.scroll == 3u);
  apply_keys("q", 10, 3, control);
  BOOST_TEST(control.quit);
}

BOOST_AUTO_TEST_SUITE_END()
