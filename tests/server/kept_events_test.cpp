#include "model/base/error.hpp"
#include "runtime/server/kept_events.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

using namespace sluice;

namespace {

/// A run of six events, of which the first two were removed, and another that is whole.
struct removal_scene : store_scene<memory_backend> {
  uuid run = submit_chain({"a"});
  std::int64_t removed = 0;
  uuid whole;

  removal_scene() {
    auto claimed = claim(first);
    BOOST_REQUIRE(claimed.run.has_value());
    finish(*claimed.run, first);
    commit([&] { return in().events().erase(run, 2); });
    removed = commit([&] { return in().events().removed_through(); });
    whole = submit_chain({"a"});
  }

  /// The code of what is thrown inside a transaction; empty: nothing.
  std::string code_of(const std::function<void(store&)>& act) {
    try {
      commit([&] {
        act(in());
        return 0;
      });
      return {};
    } catch (const error& refused) {
      return refused.code();
    }
  }
};

const std::string expired = "events_expired";

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_events, removal_scene)

BOOST_AUTO_TEST_CASE(of_a_run_that_is_being_removed_the_rest_is_for_those_who_begin_or_have_come_that_far) {
  const auto after = [&](std::uint64_t seq) {
    return code_of([&](store& from) { require_kept_events(from, run, seq); });
  };
  BOOST_TEST(after(0) == "");
  BOOST_TEST(after(1) == expired);
  BOOST_TEST(after(2) == "");
  BOOST_TEST(after(3) == "");
  // Beyond the last there is nothing that could be missing.
  BOOST_TEST(after(1000) == "");
}

BOOST_AUTO_TEST_CASE(whether_a_run_has_its_first_event_is_told) {
  BOOST_TEST(code_of([&](store& from) { require_first_event(from, run); }) == expired);
  BOOST_TEST(code_of([&](store& from) { require_first_event(from, whole); }) == "");
}

BOOST_AUTO_TEST_CASE(of_all_runs_a_place_before_what_was_removed_is_refused_unless_that_is_known) {
  const auto after = [&](std::int64_t since, std::int64_t known) {
    return code_of([&](store& from) { require_kept_events(from, since, known); });
  };
  BOOST_REQUIRE(removed == 2);
  BOOST_TEST(after(0, 0) == "");
  BOOST_TEST(after(1, 0) == expired);
  BOOST_TEST(after(1, 1) == expired);
  BOOST_TEST(after(1, 2) == "");
  BOOST_TEST(after(2, 0) == "");
}

BOOST_AUTO_TEST_SUITE_END()
