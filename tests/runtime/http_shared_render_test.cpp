#include "runtime/http/shared_render.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice {

namespace {

std::future<shared_render::result> ask(shared_render& render) {
  auto promise = std::make_shared<std::promise<shared_render::result>>();
  auto future = promise->get_future();
  render.ask([promise](const shared_render::result& made) { promise->set_value(made); });
  return future;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_shared_render_test)

BOOST_AUTO_TEST_CASE(an_asker_gets_the_text) {
  shared_render render([] { return std::string("text"); });
  const auto made = ask(render).get();
  BOOST_TEST(!made.failed);
  BOOST_TEST(made.text == "text");
}

BOOST_AUTO_TEST_CASE(those_who_ask_during_a_run_share_the_next_one) {
  std::promise<void> started;
  std::promise<void> released;
  int runs = 0;
  shared_render render([&] {
    if (++runs == 1) {
      started.set_value();
      released.get_future().wait();
    }
    return "run " + std::to_string(runs);
  });
  auto first = ask(render);
  started.get_future().wait();
  std::vector<std::future<shared_render::result>> others;
  for (int i = 0; i < 50; ++i)
    others.push_back(ask(render));
  released.set_value();
  BOOST_TEST(first.get().text == "run 1");
  for (auto& other : others)
    BOOST_TEST(other.get().text == "run 2");
}

BOOST_AUTO_TEST_CASE(an_exception_is_a_failed_result_and_the_next_run_may_work) {
  int runs = 0;
  shared_render render([&runs]() -> std::string {
    if (++runs == 1)
      throw std::runtime_error("no numbers today");
    if (runs == 2)
      throw 7;
    return "fine";
  });
  const auto first = ask(render).get();
  BOOST_TEST(first.failed);
  BOOST_TEST(first.text == "no numbers today");
  BOOST_TEST(ask(render).get().failed);
  BOOST_TEST(ask(render).get().text == "fine");
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_the_run_under_way_and_leaves_nobody_waiting) {
  std::promise<void> started;
  std::promise<void> released;
  const auto may_go_on = released.get_future().share();
  int runs = 0;
  auto render = std::make_unique<shared_render>([&] {
    if (++runs == 1)
      started.set_value();
    may_go_on.wait();
    return std::string("last");
  });
  auto first = ask(*render);
  started.get_future().wait();
  auto second = ask(*render);
  auto ended = std::async(std::launch::async, [&render] { render.reset(); });
  released.set_value();
  ended.wait();
  BOOST_TEST(first.get().text == "last");
  // Answered or dropped, as the end came after the next run began or before it.
  try {
    BOOST_TEST(second.get().text == "last");
  } catch (const std::future_error& dropped) {
    BOOST_TEST((dropped.code() == std::future_errc::broken_promise));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
