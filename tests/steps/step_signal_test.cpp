#include "model/base/error.hpp"
#include "steps/step_signal.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

struct recording_listener final : step_listener {
  std::vector<std::string> heard;

  void on_interrupt(std::chrono::milliseconds grace) override {
    heard.push_back("interrupt " + std::to_string(grace.count()));
  }
  void on_hold(std::uint64_t hold) override { heard.push_back("hold " + std::to_string(hold)); }
  void on_resume() override { heard.push_back("resume"); }
  void on_extend(std::chrono::nanoseconds deadline) override {
    heard.push_back("extend " + std::to_string(deadline.count()));
  }
};

using lines = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(step_signals)

BOOST_AUTO_TEST_CASE(a_listener_hears_of_every_change_in_its_order) {
  step_signal signal;
  recording_listener listener;
  const step_signal::attachment attached(signal, listener);
  signal.extend(5ns);
  signal.hold(1);
  signal.resume();
  signal.extend(6ns);
  signal.interrupt(7ms);
  const lines wanted = {"extend 5", "hold 1", "resume", "extend 6", "interrupt 7"};
  BOOST_TEST(listener.heard == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_told_before_comes_first) {
  step_signal signal;
  signal.hold(1);
  signal.extend(5ns);
  signal.extend(6ns);
  signal.interrupt(7ms);
  recording_listener listener;
  const step_signal::attachment attached(signal, listener);
  const lines wanted = {"extend 6", "hold 1", "interrupt 7"};
  BOOST_TEST(listener.heard == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_so_already_is_no_news) {
  step_signal signal;
  recording_listener listener;
  const step_signal::attachment attached(signal, listener);
  signal.resume();
  signal.hold(1);
  signal.hold(2);
  signal.interrupt(7ms);
  signal.interrupt(9ms);
  signal.interrupt(2ms);
  const lines wanted = {"hold 1", "interrupt 7", "interrupt 2"};
  BOOST_TEST(listener.heard == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_hears_after_the_attachment_is_gone_and_another_may_come) {
  step_signal signal;
  recording_listener first;
  recording_listener second;
  {
    const step_signal::attachment attached(signal, first);
    BOOST_CHECK_THROW((step_signal::attachment{signal, second}), internal_error);
  }
  signal.hold(1);
  BOOST_TEST(first.heard.empty());
  const step_signal::attachment attached(signal, second);
  BOOST_TEST(second.heard.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_when_it_is_interrupted) {
  step_signal signal;
  BOOST_TEST(!signal.wait_for(0ns));
  BOOST_TEST(!signal.wait_for(-1s));
  BOOST_TEST(!signal.is_interrupted());
  auto waits =
      std::async(std::launch::async, [&] { return signal.wait_for(std::chrono::nanoseconds::max()); });
  signal.interrupt(0ms);
  BOOST_TEST(waits.get());
  BOOST_TEST(signal.is_interrupted());
  BOOST_TEST(signal.wait_for(1h));
}

BOOST_AUTO_TEST_SUITE_END()
