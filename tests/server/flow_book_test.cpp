#include "model/base/error.hpp"
#include "runtime/server/flow_book.hpp"
#include "tests/server/flow_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <string>
#include <thread>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// A book, and flows that are entered whenever a test lets them.
struct book_scene : flow_scene {
  uuid id_of(std::uint8_t number) const {
    uuid id;
    id.bytes[15] = number;
    return id;
  }
  kept_flow made(const uuid& id) {
    const auto plan = keeper.check({counting_graph(0), {}, {}, true}).plan;
    return {id, "counting", "ann", now, {}, runtime.start(plan)};
  }
  /// Begins to add a flow, on a thread of its own; returns once `begin` is under way.
  std::future<kept_flow> add_slowly(const uuid& id, std::size_t threads = 1) {
    std::promise<void> begun;
    auto under_way = begun.get_future();
    auto added = std::async(std::launch::async, [this, id, threads, begun = std::move(begun)]() mutable {
      return book.add(id, threads, [&] {
        begun.set_value();
        let_go.get_future().wait();
        return made(id);
      });
    });
    BOOST_REQUIRE(under_way.wait_for(patience) == std::future_status::ready);
    return added;
  }
  std::string refusal_of(std::size_t threads) {
    try {
      (void)book.add(id_of(9), threads, [this] { return made(id_of(9)); });
      return "";
    } catch (const error& refused) {
      return refused.code();
    }
  }

  std::promise<void> let_go;
  flow_book book{2, 10};
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_book_of_flows)

BOOST_AUTO_TEST_CASE(is_open_to_others_while_a_flow_is_being_started) {
  book_scene scene;
  auto adding = scene.add_slowly(scene.id_of(1), 10);
  BOOST_TEST(scene.book.newest_first().empty());
  BOOST_TEST(!scene.book.find(scene.id_of(1)).has_value());
  // Its threads are taken already.
  BOOST_TEST(scene.refusal_of(1) == "too_many_flows");
  scene.let_go.set_value();
  BOOST_TEST((adding.get().id == scene.id_of(1)));
  BOOST_TEST(scene.book.running().size() == 1U);
}

BOOST_AUTO_TEST_CASE(knows_an_end_that_came_before_the_flow_was_entered) {
  book_scene scene;
  auto adding = scene.add_slowly(scene.id_of(1), 10);
  flow_summary summary;
  summary.outcome = flow_status::failed;
  BOOST_TEST(!scene.book.note_end(scene.id_of(1), summary, scene.now).has_value());
  scene.let_go.set_value();
  const auto added = adding.get();
  BOOST_REQUIRE(added.summary != nullptr);
  BOOST_TEST((added.status() == flow_status::failed));
  BOOST_TEST((scene.book.find(scene.id_of(1))->ended_at == scene.now));
  BOOST_TEST(scene.book.running().empty());
  BOOST_TEST(scene.refusal_of(10) == "");
}

BOOST_AUTO_TEST_CASE(waits_for_a_flow_that_enters_after_it_was_closed_and_tells_whoever_closed_it) {
  book_scene scene;
  auto adding = scene.add_slowly(scene.id_of(1));
  int late = 0;
  scene.book.close([&late](const kept_flow& flow) {
    ++late;
    flow.handle.abort("too late");
  });
  BOOST_TEST(scene.refusal_of(1) == "draining");
  BOOST_TEST(!scene.book.wait_for_all(std::chrono::milliseconds{1}));
  scene.let_go.set_value();
  const auto added = adding.get();
  BOOST_TEST(late == 1);
  BOOST_REQUIRE(added.handle.wait_for(scene.patience).has_value());
  (void)scene.book.note_end(added.id, *added.handle.wait_for(scene.patience), scene.now);
  BOOST_TEST(scene.book.wait_for_all(std::chrono::nanoseconds{0}));
}

BOOST_AUTO_TEST_CASE(gives_the_threads_of_a_flow_back_that_could_not_be_started) {
  book_scene scene;
  const auto fail = [&] { scene.book.add(scene.id_of(1), 10, []() -> kept_flow { throw error("x", "y"); }); };
  BOOST_CHECK_THROW(fail(), error);
  BOOST_TEST(scene.book.wait_for_all(std::chrono::nanoseconds{0}));
  BOOST_TEST(scene.refusal_of(10) == "");
}

BOOST_AUTO_TEST_SUITE_END()
