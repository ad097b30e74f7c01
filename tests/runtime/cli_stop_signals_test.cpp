#include "runtime/cli/stop_signals.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <future>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

/// A signal and how many requests it makes.
using request = std::pair<int, unsigned>;

} // namespace

BOOST_AUTO_TEST_SUITE(cli_stop_signals)

BOOST_AUTO_TEST_CASE(each_request_is_handed_over_with_its_count) {
  const signal_block block;
  std::promise<request> first;
  std::promise<request> second;
  {
    stop_signals::clock::time_point now{}; // asked on the watcher's thread only
    const stop_signals signals(
        [&](int signal, unsigned count) {
          (count == 1 ? first : second).set_value({signal, count});
        },
        [&] { return now += stop_signals::same_request; });
    kill(getpid(), SIGTERM);
    BOOST_TEST((first.get_future().get() == request(SIGTERM, 1)));
    kill(getpid(), SIGINT);
    BOOST_TEST((second.get_future().get() == request(SIGINT, 2)));
  }
}

BOOST_AUTO_TEST_CASE(what_comes_right_after_the_first_is_the_same_request) {
  const signal_block block;
  std::promise<request> first;
  std::promise<request> second;
  {
    // What the clock says when the first has been handled, when its echo comes, and when the second comes.
    const std::vector<std::chrono::milliseconds> times{
        std::chrono::milliseconds{0}, stop_signals::same_request - std::chrono::milliseconds{1},
        stop_signals::same_request};
    std::size_t asked = 0;
    const stop_signals signals(
        [&](int signal, unsigned count) {
          (count == 1 ? first : second).set_value({signal, count});
        },
        [&] { return stop_signals::clock::time_point(times.at(asked++)); });
    kill(getpid(), SIGTERM);
    BOOST_TEST((first.get_future().get() == request(SIGTERM, 1)));
    // Of two that are pending the kernel hands out the lower number, SIGINT, first.
    kill(getpid(), SIGINT);
    kill(getpid(), SIGTERM);
    BOOST_TEST((second.get_future().get() == request(SIGTERM, 2)));
  }
}

BOOST_AUTO_TEST_CASE(a_signal_that_came_before_the_watcher_is_not_lost) {
  const signal_block block;
  kill(getpid(), SIGTERM);
  std::promise<int> got;
  const stop_signals signals([&](int signal, unsigned) { got.set_value(signal); });
  BOOST_TEST(got.get_future().get() == SIGTERM);
}

BOOST_AUTO_TEST_CASE(a_signal_that_comes_too_late_does_not_kill) {
  {
    const signal_block block;
    {
      const stop_signals signals([](int, unsigned) {});
    }
    kill(getpid(), SIGTERM);
  }
  sigset_t pending;
  sigpending(&pending);
  BOOST_TEST(sigismember(&pending, SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(threads_started_meanwhile_do_not_get_the_signals) {
  const signal_block block;
  sigset_t inside;
  sigemptyset(&inside);
  std::thread([&] { pthread_sigmask(SIG_BLOCK, nullptr, &inside); }).join();
  BOOST_TEST(sigismember(&inside, SIGINT) == 1);
  BOOST_TEST(sigismember(&inside, SIGTERM) == 1);
}

BOOST_AUTO_TEST_CASE(the_block_ends_with_its_scope) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  { const signal_block block; }
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  BOOST_TEST(sigismember(&after, SIGTERM) == sigismember(&before, SIGTERM));
}

BOOST_AUTO_TEST_SUITE_END()
