#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const lease_owner first{"boot-1", 100, 5000, 0xABCD};
const lease_owner second{"boot-1", 101, 5001, 1};
constexpr auto ttl = 15'000ms;

boot_instant at(std::chrono::nanoseconds since_boot, const std::string& boot = "boot-1") {
  return {boot, since_boot};
}

lease_record held_by_first() {
  return acquire_lease({}, first, at(100s), ttl).record;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lease_rules)

BOOST_AUTO_TEST_CASE(the_second_is_refused_until_the_first_releases) {
  const auto granted = acquire_lease({}, first, at(100s), ttl);
  BOOST_REQUIRE(granted.granted());
  BOOST_TEST(granted.record.token == 1u);
  BOOST_TEST((granted.record.owner == first));
  BOOST_TEST((granted.record.expires == at(115s)));
  BOOST_TEST(!granted.stolen);
  const auto refused = acquire_lease(granted.record, second, at(101s), ttl);
  BOOST_TEST((refused.refusal == lease_refusal::held));
  BOOST_TEST((refused.record == granted.record));
  const auto released = release_lease(granted.record, first, 1);
  BOOST_REQUIRE(released.granted());
  BOOST_TEST(!released.record.owner);
  const auto next = acquire_lease(released.record, second, at(101s), ttl);
  BOOST_REQUIRE(next.granted());
  BOOST_TEST(next.record.token == 2u);
  BOOST_TEST(!next.stolen);
}

BOOST_AUTO_TEST_CASE(the_holder_does_not_get_it_twice) {
  BOOST_TEST((acquire_lease(held_by_first(), first, at(101s), ttl).refusal == lease_refusal::held));
}

BOOST_AUTO_TEST_CASE(an_expired_lease_is_stolen_at_its_end_and_not_before) {
  const auto lease = held_by_first();
  BOOST_TEST(!acquire_lease(lease, second, at(115s - 1ns), ttl).granted());
  const auto stolen = acquire_lease(lease, second, at(115s), ttl);
  BOOST_REQUIRE(stolen.granted());
  BOOST_TEST(stolen.stolen);
  BOOST_TEST(stolen.record.token == 2u);
}

BOOST_AUTO_TEST_CASE(the_leases_of_a_dead_owner_are_free_at_once) {
  BOOST_TEST(!acquire_lease(held_by_first(), second, at(101s), ttl, false).granted());
  const auto stolen = acquire_lease(held_by_first(), second, at(101s), ttl, true);
  BOOST_TEST(stolen.granted());
  BOOST_TEST(stolen.stolen);
}

BOOST_AUTO_TEST_CASE(a_lease_of_another_boot_is_free_whatever_its_time_says) {
  for (const auto since_boot : {0s, 100s, 1'000'000s}) {
    BOOST_TEST(!is_live(held_by_first(), at(since_boot, "boot-2")));
    BOOST_TEST(acquire_lease(held_by_first(), second, at(since_boot, "boot-2"), ttl).granted());
  }
  const auto renewed = renew_lease(held_by_first(), first, 1, at(101s, "boot-2"), ttl);
  BOOST_TEST((renewed.refusal == lease_refusal::lost));
}

BOOST_AUTO_TEST_CASE(only_the_owner_renews_and_with_its_token) {
  const auto lease = held_by_first();
  const auto renewed = renew_lease(lease, first, 1, at(105s), ttl);
  BOOST_REQUIRE(renewed.granted());
  BOOST_TEST((renewed.record.expires == at(120s)));
  BOOST_TEST(renewed.record.token == 1u);
  BOOST_TEST((renew_lease(lease, second, 1, at(105s), ttl).refusal == lease_refusal::lost));
  BOOST_TEST((renew_lease(lease, first, 0, at(105s), ttl).refusal == lease_refusal::stale_token));
  BOOST_TEST((renew_lease(lease, first, 2, at(105s), ttl).refusal == lease_refusal::stale_token));
}

BOOST_AUTO_TEST_CASE(who_renews_too_late_has_lost_it) {
  BOOST_TEST(renew_lease(held_by_first(), first, 1, at(115s - 1ns), ttl).granted());
  BOOST_TEST((renew_lease(held_by_first(), first, 1, at(115s), ttl).refusal == lease_refusal::lost));
}

BOOST_AUTO_TEST_CASE(renewals_that_overtake_each_other_do_not_shorten_the_lease) {
  const auto late = renew_lease(held_by_first(), first, 1, at(110s), ttl);
  const auto early = renew_lease(late.record, first, 1, at(105s), ttl);
  BOOST_TEST((early.record.expires == at(125s)));
}

BOOST_AUTO_TEST_CASE(only_the_owner_releases_also_when_late) {
  BOOST_TEST(!release_lease(held_by_first(), second, 1).granted());
  const auto stolen = acquire_lease(held_by_first(), second, at(115s), ttl).record;
  const auto refused = release_lease(stolen, first, 1);
  BOOST_TEST((refused.refusal == lease_refusal::stale_token));
  BOOST_TEST((refused.record == stolen));
  const auto once = release_lease(held_by_first(), first, 1).record;
  BOOST_TEST((release_lease(once, first, 1).refusal == lease_refusal::lost));
}

BOOST_AUTO_TEST_CASE(a_write_under_a_stale_token_is_refused) {
  const auto lease = held_by_first();
  BOOST_CHECK_NO_THROW(require_fence(lease, first, 1));
  const auto stolen = acquire_lease(lease, second, at(115s), ttl).record;
  BOOST_CHECK_EXCEPTION(require_fence(stolen, first, 1), error, [](const error& trouble) {
    const std::string text = trouble.what();
    return trouble.code() == "stale_token" && text.find("token 1") != text.npos &&
           text.find("at 2") != text.npos;
  });
  BOOST_CHECK_NO_THROW(require_fence(stolen, second, 2));
  const auto released = release_lease(lease, first, 1).record;
  BOOST_CHECK_EXCEPTION(require_fence(released, first, 1), error,
                        [](const error& trouble) { return trouble.code() == "lease_lost"; });
}

BOOST_AUTO_TEST_CASE(a_revoked_lease_refuses_its_old_owner_and_never_gives_a_token_twice) {
  const auto revoked = revoke_lease(held_by_first());
  BOOST_TEST((check_fence(revoked, first, 1) == lease_refusal::stale_token));
  BOOST_TEST((check_fence(revoked, first, 2) == lease_refusal::lost));
  BOOST_TEST(acquire_lease(revoked, second, at(101s), ttl).record.token == 3u);
}

BOOST_AUTO_TEST_CASE(an_owner_stops_before_its_lease_ends) {
  BOOST_TEST((safety_margin(15s) == 3s));
  BOOST_TEST((safety_margin(1s) == 200ms));
  BOOST_TEST((safety_margin(500ms) == 200ms));
  BOOST_TEST((renew_interval(15s) == 5s));
  lease_clock clock(100s, 15s);
  BOOST_TEST((clock.deadline() == 112s));
  BOOST_TEST(clock.may_act(112s - 1ns));
  BOOST_TEST(!clock.may_act(112s));
  BOOST_TEST((clock.renew_at() == 105s));
  clock.renewed(105s);
  BOOST_TEST((clock.deadline() == 117s));
  clock.renewed(103s);
  BOOST_TEST((clock.deadline() == 117s));
}

BOOST_AUTO_TEST_CASE(two_owners_never_act_at_one_time) {
  // The request reaches the store after it was sent, so the row always ends later than the owner's own view.
  for (const auto time_to_live : {500ms, 1000ms, 15'000ms}) {
    for (const auto delay : {0ms, 1ms, 5'000ms}) {
      const auto row = acquire_lease({}, first, at(100s + delay), time_to_live).record;
      const lease_clock clock(100s, time_to_live);
      BOOST_TEST((clock.deadline() < row.expires.since_boot));
      BOOST_TEST(!acquire_lease(row, second, at(clock.deadline()), time_to_live).granted());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_time_to_live_has_bounds) {
  BOOST_CHECK_NO_THROW(require_ttl(500ms));
  BOOST_CHECK_NO_THROW(require_ttl(1h));
  for (const auto bad : {499ms, 0ms, -1ms, 3'600'001ms})
    BOOST_CHECK_EXCEPTION(require_ttl(bad), error,
                          [](const error& trouble) { return trouble.code() == "bad_value"; });
}

BOOST_AUTO_TEST_CASE(an_owner_reads_back_as_it_is_written) {
  BOOST_TEST(to_string(first) == "boot-1:100:5000:000000000000abcd");
  BOOST_TEST((parse_lease_owner(to_string(first)) == first));
  for (const auto* bad : {"", "boot-1:100:5000", ":1:2:0000000000000003", "b:1:2:3", "b:x:2:0000000000000003",
                          "b:1:2:0000000000000003:4", "b:1:-2:0000000000000003"})
    BOOST_TEST(!parse_lease_owner(bad), bad);
}

BOOST_AUTO_TEST_CASE(each_refusal_has_its_code) {
  BOOST_TEST(to_string(lease_refusal::held) == "lease_held");
  BOOST_TEST(to_string(lease_refusal::stale_token) == "stale_token");
  BOOST_TEST(to_string(lease_refusal::lost) == "lease_lost");
}

BOOST_AUTO_TEST_SUITE_END()
