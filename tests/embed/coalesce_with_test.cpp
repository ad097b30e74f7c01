#include "runtime/embed/coalesce_with.hpp"
#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;

namespace {

struct trade {
  int symbol = 0;
  int volume = 0;
};

trade merged(const trade& queued, const trade& incoming) {
  if (queued.symbol != incoming.symbol)
    throw std::runtime_error("two symbols");
  return {queued.symbol, queued.volume + incoming.volume};
}

/// Trades of 1 before an outlet that nobody pulls from until all were offered. Returns what comes out.
std::vector<trade> run_trades(embed_scene& scene, int count, int symbols, edge_counters& edge) {
  const auto trades = scene.b.inlet<trade>("trades");
  const auto out = scene.b.outlet(trades, "out", 1, coalesce_with<trade>(merged, 2));
  const auto running = scene.start();
  for (int i = 0; i < count; ++i)
    BOOST_REQUIRE((trades.push({i % symbols, 1}, patience) == push_result::accepted));
  scene.fixture.await(
      [&] { return running.snapshot().edges.front().counters.offered == static_cast<std::uint64_t>(count); },
      running);
  trades.close();
  std::vector<trade> seen;
  for (auto next = out.pull(patience); next; next = out.pull(patience))
    seen.push_back(*next);
  edge = scene.fixture.finish(running).final.edges.front().counters;
  return seen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coalescing_functions)

BOOST_AUTO_TEST_CASE(a_full_edge_merges_payloads_and_loses_none) {
  embed_scene scene;
  edge_counters edge;
  int volume = 0;
  const auto seen = run_trades(scene, 100, 1, edge);
  for (const auto& each : seen)
    volume += each.volume;
  BOOST_TEST(volume == 100);
  BOOST_TEST(edge.coalesced + seen.size() == 100U);
  BOOST_TEST(edge.coalesced >= 90U);
}

BOOST_AUTO_TEST_CASE(what_the_function_throws_refuses_the_message_and_leaves_the_queued_one) {
  embed_scene scene;
  edge_counters edge;
  const auto seen = run_trades(scene, 100, 2, edge);
  BOOST_TEST(edge.refused_merge >= 1U);
  std::uint64_t volume = 0;
  for (const auto& each : seen)
    volume += static_cast<std::uint64_t>(each.volume);
  BOOST_TEST(volume + edge.refused_merge == 100U);
}

BOOST_AUTO_TEST_SUITE_END()
