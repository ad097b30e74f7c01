#include "runtime/cli/stop_signals.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <future>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(cli_stop_signals)

BOOST_AUTO_TEST_CASE(each_signal_is_handed_over_with_its_count) {
  const signal_block block;
  std::promise<std::pair<int, unsigned>> first;
  std::promise<std::pair<int, unsigned>> second;
  {
    const stop_signals signals([&](int signal, unsigned count) {
      (count == 1 ? first : second).set_value({signal, count});
    });
    kill(getpid(), SIGTERM);
    BOOST_TEST((first.get_future().get() == std::pair<int, unsigned>(SIGTERM, 1)));
    kill(getpid(), SIGINT);
    BOOST_TEST((second.get_future().get() == std::pair<int, unsigned>(SIGINT, 2)));
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
