// Many producers, many consumers.

#include "tests/stress/stress_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using namespace sluice::testing;

namespace {

constexpr std::size_t crowd = 32;
constexpr std::uint64_t each = 20'000;

/// A source whose numbers tell which one it is.
node_declaration marked_source(std::size_t mark) {
  auto declared = source_declaration(numbered("from", mark), 0);
  class marked : public node {
  public:
    explicit marked(std::uint64_t base) : base_(base) {}
    produce_result produce(node_context& context, std::size_t room) override {
      for (std::size_t i = 0; i < room && next_ < each; ++i)
        context.emit(0, base_ + next_++);
      return next_ < each ? produce_result::more : produce_result::done;
    }

  private:
    std::uint64_t base_;
    std::uint64_t next_ = 0;
  };
  declared.make = [mark] { return std::make_unique<marked>(mark * each); };
  return declared;
}

edge_settings small_block(std::size_t number) {
  return edge_of(overflow_policy::block, 1 + number * 7, static_cast<priority_band>(number % band_count));
}

void many_into_one(bool sharing) {
  flow_fixture fixture(sharing);
  const auto seen = std::make_shared<std::vector<seen_numbers>>(crowd);
  graph made;
  made.nodes = {sink_declaration("sink", [seen](node_context&, std::size_t, message& in) {
    const auto number = in.get<std::uint64_t>();
    (*seen)[number / each].note(number % each);
  })};
  for (std::size_t i = 0; i < crowd; ++i) {
    made.nodes.push_back(marked_source(i));
    made.edges.push_back(edge_between(numbered("from", i), "sink", small_block(i)));
  }
  const auto running = fixture.start(made);
  snapshot_reader reader(running);
  const auto summary = fixture.finish(running);
  reader.stop();
  BOOST_TEST(reader.unbalanced() == "");
  BOOST_TEST(summary.discarded == 0U);
  for (std::size_t i = 0; i < crowd; ++i)
    BOOST_TEST((*seen)[i].is_all_of(each), "what came from source " << i << " is incomplete or disordered");
}

} // namespace

BOOST_AUTO_TEST_SUITE(crowd_of_producers_and_consumers)

BOOST_AUTO_TEST_CASE(thirty_two_sources_into_one_port_lose_nothing_when_sharing) {
  many_into_one(true);
}
BOOST_AUTO_TEST_CASE(thirty_two_sources_into_one_port_lose_nothing_when_stealing) {
  many_into_one(false);
}

BOOST_AUTO_TEST_CASE(one_source_feeds_thirty_two_sinks_the_same_in_order) {
  constexpr std::uint64_t count = 10'000;
  flow_fixture fixture;
  graph made;
  made.nodes = {source_declaration("from", count)};
  std::vector<std::shared_ptr<seen_numbers>> seen;
  for (std::size_t i = 0; i < crowd; ++i) {
    seen.push_back(std::make_shared<seen_numbers>());
    made.nodes.push_back(noting_sink(numbered("to", i), seen.back()));
    made.edges.push_back(edge_between("from", numbered("to", i), small_block(i)));
  }
  const auto running = fixture.start(made);
  snapshot_reader reader(running);
  (void)fixture.finish(running);
  reader.stop();
  BOOST_TEST(reader.unbalanced() == "");
  for (const auto& one : seen)
    BOOST_TEST(one->is_all_of(count));
}

BOOST_AUTO_TEST_CASE(sixteen_sources_and_sixteen_sinks_all_joined_lose_nothing) {
  constexpr std::size_t side = 16;
  constexpr std::uint64_t count = 2'000;
  flow_fixture fixture(true, 4);
  graph made;
  const auto sums = std::make_shared<std::vector<seen_numbers>>(side);
  for (std::size_t i = 0; i < side; ++i) {
    made.nodes.push_back(source_declaration(numbered("from", i), count));
    made.nodes.push_back(
        sink_declaration(numbered("to", i), [sums, i](node_context&, std::size_t, message& in) {
          (*sums)[i].note(in.get<std::uint64_t>());
        }));
    for (std::size_t j = 0; j < side; ++j)
      made.edges.push_back(edge_between(numbered("from", i), numbered("to", j), small_block(i + j)));
  }
  (void)fixture.run(made);
  for (const auto& one : *sums) {
    BOOST_TEST(one.count == side * count);
    BOOST_TEST(one.sum == side * (count * (count - 1) / 2));
  }
}

BOOST_AUTO_TEST_SUITE_END()
