#include "tests/actors_store/writer_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(store_writer_among_threads)

BOOST_AUTO_TEST_CASE(stop_carries_out_what_waits_and_closes_the_store_on_its_thread) {
  std::promise<std::thread::id> closed;
  std::promise<std::thread::id> opened;
  writer_scene scene;
  scene.prepare = [&](scripted_store& made) {
    opened.set_value(std::this_thread::get_id());
    made.on_close = [&] { closed.set_value(std::this_thread::get_id()); };
  };
  scene.start();
  auto until = scene.hold();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 20; ++i) {
    auto ready = std::make_shared<std::promise<std::string>>();
    answers.push_back(ready->get_future());
    scene.access.write<std::string>(
        store_priority::normal, [](store&, utc_time) { return std::string("done"); },
        [ready](store_result<std::string> result) {
          if (result.failed())
            ready->set_exception(std::move(result).failure());
          else
            ready->set_value(result.get());
        });
  }
  send_urgent(scene.writer, stop_store{});
  until.set_value();
  for (auto& each : answers)
    BOOST_TEST(code_of(each) == "ok");
  BOOST_TEST(scene.endings.wait_for(patience));
  auto closing = closed.get_future();
  BOOST_REQUIRE((closing.wait_for(std::chrono::seconds{0}) == std::future_status::ready));
  BOOST_TEST((closing.get() == opened.get_future().get()));
}

BOOST_AUTO_TEST_CASE(requests_to_a_writer_that_has_ended_fail_with_store_closed) {
  writer_scene scene;
  scene.start();
  scene.note("a").get();
  BOOST_TEST(scene.stop());
  auto late = scene.note("b");
  BOOST_TEST(code_of(late) == "store_closed");
  store_access none;
  auto nobody = none.write<std::string>([](store&, utc_time) { return std::string(); });
  BOOST_TEST(code_of(nobody) == "store_closed");
}

BOOST_AUTO_TEST_CASE(every_request_is_answered_once_when_stop_comes_among_them) {
  constexpr int threads = 4;
  constexpr int each = 500;
  std::atomic<int> answered = 0;
  std::atomic<int> acknowledged = 0;
  std::atomic<int> carried_out = 0;
  writer_scene scene;
  // Counted where the store goes: nothing later can be in it.
  scene.prepare = [&](scripted_store& made) {
    made.on_close = [&, in = &made] {
      carried_out = static_cast<int>(in->audit().since(0, 1'000'000).size());
    };
  };
  scene.start();
  mailbox_of_test<int> done;
  std::vector<std::thread> pushers;
  for (int t = 0; t < threads; ++t)
    pushers.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        scene.access.write<bool>(
            i % 5 == 0 ? store_priority::urgent : store_priority::normal,
            [](store& to, utc_time) {
              write_note(to, "x");
              return true;
            },
            [&](const store_result<bool>& result) {
              if (!result.failed())
                ++acknowledged;
              if (++answered == threads * each)
                done.put(1);
            });
    });
  while (acknowledged < each / 2)
    std::this_thread::yield();
  BOOST_TEST(scene.stop());
  for (auto& pusher : pushers)
    pusher.join();
  done.take();
  BOOST_TEST(answered == threads * each);
  BOOST_TEST(carried_out == acknowledged);
}

BOOST_AUTO_TEST_CASE(thousands_of_requests_of_several_threads_are_carried_out_once_each) {
  constexpr int threads = 4;
  constexpr int each = 5'000;
  std::atomic<int> answered = 0;
  writer_scene scene;
  scene.start();
  mailbox_of_test<int> done;
  std::vector<std::thread> pushers;
  for (int t = 0; t < threads; ++t)
    pushers.emplace_back([&, t] {
      for (int i = 0; i < each; ++i)
        scene.access.write<bool>(
            store_priority::normal,
            [name = std::to_string(t) + "-" + std::to_string(i)](store& to, utc_time) {
              write_note(to, name);
              return true;
            },
            [&](const store_result<bool>&) {
              if (++answered == threads * each)
                done.put(1);
            });
    });
  for (auto& pusher : pushers)
    pusher.join();
  done.take();
  const auto rows = scene.access
                        .read<std::vector<std::string>>([](store& from, utc_time) {
                          std::vector<std::string> names;
                          for (const auto& row : from.audit().since(0, 1'000'000))
                            names.push_back(row.action);
                          return names;
                        })
                        .get();
  BOOST_TEST(rows.size() == std::size_t{threads * each});
  // Those of one thread are in its order.
  std::vector<int> next(threads, 0);
  for (const auto& row : rows) {
    const auto thread = static_cast<std::size_t>(row[0] - '0');
    if (row.substr(2) != std::to_string(next[thread]++))
      BOOST_FAIL("out of order: " + row);
  }
  BOOST_TEST(scene.settings.meters->groups < std::uint64_t{threads * each});
}

BOOST_AUTO_TEST_SUITE_END()
