#include "model/base/error.hpp"
#include "model/run/submission.hpp"
#include "tests/support/step_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

run_submission usual() {
  run_submission submission;
  submission.graph = chain_of({"a", "b"});
  submission.params = json::parse(R"({"x": 1, "y": [1, 2]})");
  return submission;
}

std::vector<std::string> codes_of(const run_submission& submission) {
  findings found;
  check_submission(submission, found);
  std::vector<std::string> codes;
  for (const auto& one : found)
    codes.push_back(one.code + " " + one.path);
  return codes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(submissions)

BOOST_AUTO_TEST_CASE(a_canonical_document_has_its_members_in_order) {
  const auto canonical = [](const std::string& text) { return canonical_json(json::parse(text)); };
  BOOST_TEST(canonical(R"({"b": [3, {"z": null, "a": true}], "a": {"y": 1.5, "x": "é\n"}})") ==
             "{\"a\":{\"x\":\"é\\n\",\"y\":1.5},\"b\":[3,{\"a\":true,\"z\":null}]}");
  BOOST_TEST(canonical("[2, 1]") == "[2,1]");
  BOOST_TEST(canonical("9007199254740993") == "9007199254740993");
  BOOST_TEST(canonical("1") != canonical("1.0"));
  BOOST_TEST(canonical("{}") == "{}");
  BOOST_TEST(canonical("[]") == "[]");
}

BOOST_AUTO_TEST_CASE(order_and_space_do_not_change_the_digest) {
  auto other = usual();
  other.params = json::parse(R"({"y":[1,2],"x":1})");
  std::swap(other.graph.steps[0], other.graph.steps[1]);
  BOOST_TEST(submission_digest(usual()) == submission_digest(other));
}

BOOST_AUTO_TEST_CASE(the_key_itself_is_not_part_of_the_digest) {
  auto other = usual();
  other.idempotency_key = "k";
  BOOST_TEST(submission_digest(usual()) == submission_digest(other));
}

BOOST_AUTO_TEST_CASE(absent_params_are_the_same_as_none) {
  auto absent = usual();
  absent.params = {};
  auto empty = usual();
  empty.params = json::parse("{}");
  BOOST_TEST(submission_digest(absent) == submission_digest(empty));
}

BOOST_AUTO_TEST_CASE(every_field_changes_the_digest) {
  uuid id;
  id.bytes[0] = 1;
  const std::vector<std::function<void(run_submission&)>> changes = {
      [](run_submission& s) { s.env = "other"; },
      [](run_submission& s) { s.lane = "other"; },
      [](run_submission& s) { s.mode = "other"; },
      [](run_submission& s) { s.job_type = "other"; },
      [](run_submission& s) { s.requested_by = "other"; },
      [](run_submission& s) { s.graph.steps[0].timeout = 1s; },
      [](run_submission& s) { s.graph.entry_step = "a"; },
      [](run_submission& s) { s.params = json::parse(R"({"x": 1, "y": [2, 1]})"); },
      [&](run_submission& s) { s.parent_run_id = id; },
      [&](run_submission& s) { s.retry_of = id; },
      [](run_submission& s) { s.priority = 1; },
      [](run_submission& s) { s.available_at = utc_time{1ms}; },
  };
  std::set<std::string> digests = {submission_digest(usual())};
  for (const auto& change : changes) {
    auto changed = usual();
    change(changed);
    digests.insert(submission_digest(changed));
  }
  BOOST_TEST(digests.size() == changes.size() + 1);
}

BOOST_AUTO_TEST_CASE(a_key_gives_one_run_per_body) {
  BOOST_TEST((judge_key(std::nullopt, "d1") == idempotency_verdict::create));
  BOOST_TEST((judge_key("d1", "d1") == idempotency_verdict::existing));
  BOOST_TEST((judge_key("d1", "d2") == idempotency_verdict::conflict));
  BOOST_CHECK_EXCEPTION(throw_conflict("nightly", uuid{}), error, [](const error& trouble) {
    const std::string text = trouble.what();
    return trouble.code() == "idempotency_conflict" && text.find("'nightly'") != text.npos &&
           text.find(to_string(uuid{})) != text.npos;
  });
}

BOOST_AUTO_TEST_CASE(fields_are_checked) {
  auto submission = usual();
  BOOST_TEST(codes_of(submission).empty());
  submission.idempotency_key = std::string(255, 'k');
  BOOST_TEST(codes_of(submission).empty());
  submission.env = "a b";
  submission.lane = "";
  submission.params = json::parse("[]");
  submission.idempotency_key = std::string(256, 'k');
  const std::vector<std::string> expected = {"BAD_NAME env", "BAD_NAME lane", "BAD_VALUE params",
                                             "BAD_VALUE idempotency_key"};
  BOOST_TEST(codes_of(submission) == expected, boost::test_tools::per_element());
  for (const auto* bad : {"", "\xFF"}) {
    auto other = usual();
    other.idempotency_key = bad;
    BOOST_TEST(codes_of(other).size() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
