#include "model/base/error.hpp"
#include "model/run/run_status.hpp"
#include "model/run/step_status.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>

using namespace sluice;

namespace {

/// DESIGN 4, 'Status', copied by hand and by name: what may follow each status.
const std::map<std::string, std::set<std::string>> run_followers = {
    {"queued", {"preparing", "paused", "cancelling"}},
    {"preparing", {"running", "failed", "blocked", "pausing", "cancelling"}},
    {"running", {"succeeded", "failed", "blocked", "pausing", "intervening", "cancelling"}},
    {"pausing", {"paused", "cancelling"}},
    {"paused", {"running", "cancelling"}},
    {"blocked", {"queued", "cancelling"}},
    {"intervening", {"running", "failed", "cancelling"}},
    {"cancelling", {"cancelled"}},
    {"succeeded", {}},
    {"failed", {"queued"}},
    {"cancelled", {"queued"}},
};

const std::map<std::string, std::set<std::string>> step_followers = {
    {"pending", {"running"}},   {"running", {"succeeded", "failed", "cancelled", "pending"}},
    {"succeeded", {}},          {"failed", {"pending"}},
    {"cancelled", {"pending"}},
};

const std::map<std::string, std::set<std::string>> attempt_followers = {
    {"running", {"succeeded", "failed", "cancelled", "lost"}},
    {"succeeded", {}},
    {"failed", {}},
    {"cancelled", {}},
    {"lost", {}},
};

/// Holds `is_legal` and `require_legal` against `expected`, for every pair.
template <class Status, class Parse>
void check_all_pairs(const std::map<std::string, std::set<std::string>>& expected, std::size_t count,
                     Parse parse) {
  BOOST_TEST(expected.size() == count);
  for (const auto& [from, followers] : expected) {
    for (const auto& [to, unused] : expected) {
      BOOST_TEST_CONTEXT(from << " → " << to) {
        const Status a = parse(from).value();
        const Status b = parse(to).value();
        const bool legal = followers.count(to) > 0;
        BOOST_TEST(is_legal(a, b) == legal);
        if (legal) {
          BOOST_CHECK_NO_THROW(require_legal(a, b));
        } else {
          BOOST_CHECK_EXCEPTION(require_legal(a, b), error, [&](const error& trouble) {
            const std::string text = trouble.what();
            return trouble.code() == "invalid_transition" && text.find(from) != text.npos &&
                   text.find(to) != text.npos;
          });
        }
      }
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_status_rules)

BOOST_AUTO_TEST_CASE(every_pair_of_run_statuses_is_legal_or_refused_as_the_design_says) {
  check_all_pairs<run_status>(run_followers, run_status_count, parse_run_status);
}

BOOST_AUTO_TEST_CASE(every_pair_of_step_statuses_is_legal_or_refused) {
  check_all_pairs<step_status>(step_followers, step_status_count, parse_step_status);
}

BOOST_AUTO_TEST_CASE(an_attempt_ends_once) {
  check_all_pairs<attempt_status>(attempt_followers, attempt_status_count, parse_attempt_status);
}

BOOST_AUTO_TEST_CASE(every_run_status_reads_back_as_it_is_written) {
  std::set<std::string> spellings;
  for (const auto status : all_run_statuses()) {
    BOOST_TEST((parse_run_status(to_string(status)) == status));
    spellings.emplace(to_string(status));
  }
  BOOST_TEST(spellings.size() == run_status_count);
}

BOOST_AUTO_TEST_CASE(there_is_no_second_spelling_of_a_status) {
  for (const auto* other : {"canceled", "Cancelled", "CANCELLED", "completed", "resuming", " queued", ""})
    BOOST_TEST(!parse_run_status(other), other);
  BOOST_TEST(!parse_step_status("canceled"));
  BOOST_TEST(!parse_attempt_status("canceled"));
}

BOOST_AUTO_TEST_CASE(three_statuses_are_ends_and_three_wait_for_a_person) {
  std::set<std::string> ends;
  std::set<std::string> waiting;
  for (const auto status : all_run_statuses()) {
    if (is_terminal(status))
      ends.emplace(to_string(status));
    if (waits_for_person(status))
      waiting.emplace(to_string(status));
  }
  BOOST_TEST((ends == std::set<std::string>{"succeeded", "failed", "cancelled"}));
  BOOST_TEST((waiting == std::set<std::string>{"paused", "blocked", "intervening"}));
}

BOOST_AUTO_TEST_CASE(from_every_status_an_end_can_be_reached) {
  for (const auto start : all_run_statuses()) {
    std::set<run_status> reached{start};
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const auto from : std::set(reached))
        for (const auto to : all_run_statuses())
          if (is_legal(from, to))
            reached.insert(to);
    }
    const bool ends = reached.count(run_status::cancelled) + reached.count(run_status::succeeded) > 0;
    BOOST_TEST(ends, to_string(start));
  }
}

BOOST_AUTO_TEST_SUITE_END()
