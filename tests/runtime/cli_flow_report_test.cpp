#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/json_output.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace sluice;

namespace {

edge_snapshot make_edge(std::string id, std::uint64_t delivered, std::uint64_t depth) {
  edge_snapshot edge;
  edge.id = std::move(id);
  edge.counters.capacity = 100;
  edge.counters.delivered = delivered;
  edge.counters.depth = depth;
  edge.counters.accepted = delivered + depth;
  edge.counters.offered = delivered + depth;
  return edge;
}

flow_summary make_summary() {
  flow_summary summary;
  summary.final.name = "demo";
  summary.duration_ns = 1'500'000'000;
  node_snapshot read;
  read.id = "read";
  read.counters.out = 1234;
  summary.final.nodes.push_back(read);
  auto lossy = make_edge("read.out->out.in", 1000, 0);
  lossy.policy = overflow_policy::drop;
  lossy.counters.dropped = 234;
  lossy.counters.offered = 1234;
  summary.final.edges.push_back(lossy);
  return summary;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_flow_report)

BOOST_AUTO_TEST_CASE(numbers_are_grouped) {
  BOOST_TEST(grouped(0) == "0");
  BOOST_TEST(grouped(999) == "999");
  BOOST_TEST(grouped(1000) == "1,000");
  BOOST_TEST(grouped(1234567) == "1,234,567");
}

BOOST_AUTO_TEST_CASE(the_table_shows_the_account_of_each_edge) {
  BOOST_TEST(summary_table(make_summary()) ==
             "demo: finished in 1.500 s\n"
             "edge              policy  offered  accepted  dropped  delivered  balance\n"
             "read.out->out.in  drop      1,234     1,000      234      1,000    holds\n");
}

BOOST_AUTO_TEST_CASE(an_account_that_does_not_balance_is_shown) {
  auto summary = make_summary();
  summary.final.edges[0].counters.delivered = 999;
  BOOST_TEST(summary_table(summary).find("BROKEN") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_headline_says_why_a_flow_ended_badly) {
  auto summary = make_summary();
  summary.outcome = flow_status::failed;
  summary.reason = "node 'x' broke";
  summary.discarded = 5000;
  summary.stuck = {"x", "y"};
  const auto headline = [&] { return summary_table(summary).substr(0, summary_table(summary).find('\n')); };
  BOOST_TEST(headline() == "demo: failed in 1.500 s: node 'x' broke; 5,000 messages discarded; handlers that "
                           "did not return: x, y");
  summary = make_summary();
  summary.deadline_exceeded = true;
  BOOST_TEST(headline() == "demo: finished in 1.500 s; the drain deadline cut it off");
}

BOOST_AUTO_TEST_CASE(the_json_summary_has_the_documented_shape) {
  const auto text = summary_json(make_summary());
  BOOST_TEST(text.find('\n') == std::string::npos);
  const auto parsed = nlohmann::json::parse(text);
  BOOST_TEST(parsed["graph"] == "demo");
  BOOST_TEST(parsed["outcome"] == "finished");
  BOOST_TEST(parsed["duration_s"] == 1.5);
  BOOST_TEST(parsed["nodes"]["read"]["out"] == 1234);
  for (const auto* name : {"in", "out", "errors", "held", "outbox", "discarded"})
    BOOST_TEST(parsed["nodes"]["read"].contains(name));
  const auto& edge = parsed["edges"]["read.out->out.in"];
  for (const auto* name : {"capacity", "policy", "offered", "accepted", "delivered", "dropped", "refused",
                           "replaced", "coalesced", "evicted", "discarded", "depth"})
    BOOST_TEST(edge.contains(name));
  BOOST_TEST(edge["policy"] == "drop");
  BOOST_TEST(edge["dropped"] == 234);
  BOOST_TEST(!parsed.contains("reason"));
  BOOST_TEST(!parsed.contains("stuck"));
}

BOOST_AUTO_TEST_CASE(the_json_summary_names_what_went_wrong) {
  auto summary = make_summary();
  summary.outcome = flow_status::aborted;
  summary.reason = "bad byte \xff";
  summary.stuck = {"x"};
  summary.discarded = 7;
  const auto parsed = nlohmann::json::parse(summary_json(summary));
  BOOST_TEST(parsed["outcome"] == "aborted");
  BOOST_TEST(parsed["reason"] == "bad byte \xEF\xBF\xBD");
  BOOST_TEST(parsed["stuck"][0] == "x");
  BOOST_TEST(parsed["discarded"] == 7);
}

BOOST_AUTO_TEST_CASE(a_live_line_shows_rate_fill_and_losses) {
  flow_snapshot before;
  before.edges = {make_edge("a.out->b.in", 1000, 0)};
  flow_snapshot now;
  now.edges = {make_edge("a.out->b.in", 3000, 50)};
  now.edges[0].counters.dropped = 12;
  const auto frame = live_frame(now, before, std::chrono::milliseconds{200}, {24, 100}, false);
  BOOST_REQUIRE(frame.size() == 1u);
  BOOST_TEST(frame[0] == "a.out->b.in   10.0 k/s [#####     ]     50/100  lost 12");
}

BOOST_AUTO_TEST_CASE(a_live_frame_fits_the_terminal) {
  flow_snapshot now;
  for (int i = 0; i < 50; ++i)
    now.edges.push_back(
        make_edge("edge_with_a_long_name_" + std::to_string(i) + ".out->other.in", 0, i == 40 ? 99 : 1));
  const auto frame = live_frame(now, {}, std::chrono::seconds{1}, {10, 60}, false);
  BOOST_TEST(frame.size() == 9u);
  BOOST_TEST(frame.back() == "and 42 more edges");
  bool fullest = false;
  for (const auto& line : frame) {
    BOOST_TEST(line.size() < 60u);
    fullest |= line.find("99/100") != std::string::npos;
  }
  BOOST_TEST(fullest);
}

BOOST_AUTO_TEST_CASE(a_tiny_terminal_does_no_harm) {
  flow_snapshot now;
  now.edges = {make_edge("a.out->b.in", 1, 1), make_edge("b.out->c.in", 1, 1)};
  BOOST_CHECK_NO_THROW(live_frame(now, {}, std::chrono::nanoseconds{0}, {1, 1}, true));
  BOOST_CHECK_NO_THROW(live_frame({}, {}, std::chrono::nanoseconds{0}, {0, 0}, true));
}

BOOST_AUTO_TEST_CASE(a_full_edge_is_coloured_only_when_asked) {
  flow_snapshot now;
  now.edges = {make_edge("a.out->b.in", 1, 90)};
  BOOST_TEST(live_frame(now, {}, std::chrono::seconds{1}, {24, 80}, true)[0].rfind("\x1b[33m", 0) == 0u);
  BOOST_TEST(live_frame(now, {}, std::chrono::seconds{1}, {24, 80}, false)[0].find('\x1b') ==
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
