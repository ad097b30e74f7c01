#include "model/base/sha1.hpp"
#include "model/rules/tag_id.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <set>
#include <string>

using namespace sluice;

namespace {

std::string hex(const sha1::digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  return out;
}

std::string digest_of(std::string_view bytes) {
  sha1 hash;
  hash.add(bytes);
  return hex(hash.finish());
}

constexpr auto dns_space = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

} // namespace

BOOST_AUTO_TEST_SUITE(rules_tag_id)

BOOST_AUTO_TEST_CASE(sha1_gives_the_digests_of_the_standard) {
  BOOST_TEST(digest_of("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  BOOST_TEST(digest_of("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  BOOST_TEST(digest_of(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

BOOST_AUTO_TEST_CASE(sha1_does_not_care_how_the_bytes_come) {
  const std::string bytes(200, 'x');
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    sha1 hash;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
      hash.add(std::string_view(bytes).substr(at, piece));
    BOOST_TEST(hex(hash.finish()) == digest_of(bytes), "in pieces of " << piece);
  }
}

BOOST_AUTO_TEST_CASE(sha1_ends_right_whatever_the_length) {
  // The digests of 0 to 130 times `a`, one after the other, as Python's hashlib gives them.
  sha1 all;
  for (std::size_t length = 0; length <= 130; ++length)
    all.add(digest_of(std::string(length, 'a')));
  BOOST_TEST(hex(all.finish()) == "e9a26226834c1decc620e4a7df67e181b336a6b8");
}

BOOST_AUTO_TEST_CASE(a_digest_may_be_asked_for_on_the_way) {
  sha1 hash;
  hash.add("ab");
  (void)hash.finish();
  hash.add("c");
  BOOST_TEST(hex(hash.finish()) == digest_of("abc"));
}

BOOST_AUTO_TEST_CASE(a_name_has_the_id_of_rfc_9562) {
  name_uuid name(*parse_uuid(dns_space));
  name.add("www.").add("example.com");
  BOOST_TEST(to_string(name.make()) == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

BOOST_AUTO_TEST_CASE(a_tag_has_the_id_that_the_documentation_computes) {
  // docs/rules.md, "Ids of tags", in Python.
  BOOST_TEST(to_string(tag_id("event-1", "ssh-wget-pipe-shell", 3, "T1059.004")) ==
             "76365ffb-387d-5ea0-af4a-f5c101e62177");
  BOOST_TEST(to_string(tag_id("", "r", 1, "T1")) == "f698e0f3-bc4e-5a41-aceb-f733a237cba1");
  std::string accented;
  for (int i = 0; i < 100; ++i)
    accented += "\xC3\xA9";
  BOOST_TEST(to_string(tag_id(accented, "r", std::numeric_limits<std::uint64_t>::max(), "T1")) ==
             "fc640301-84e3-59b9-84a7-d9332f6b913a");
}

BOOST_AUTO_TEST_CASE(each_part_makes_another_id_and_parts_do_not_run_together) {
  const std::set<uuid> ids = {
      tag_id("a", "b", 1, "c"), tag_id("x", "b", 1, "c"),   tag_id("a", "x", 1, "c"),
      tag_id("a", "b", 2, "c"), tag_id("a", "b", 1, "x"),   tag_id("ab", "", 1, "c"),
      tag_id("", "ab", 1, "c"), tag_id("a1:b", "", 1, "c"), tag_id("a", "b1:1", 1, "c")};
  BOOST_TEST(ids.size() == 9U);
}

BOOST_AUTO_TEST_CASE(the_tags_of_one_message_have_the_same_ids_as_alone) {
  const tag_ids ids("event-1");
  BOOST_TEST((ids.make(tag_ids::written("r", 1, "T1")) == tag_id("event-1", "r", 1, "T1")));
  BOOST_TEST((ids.make(tag_ids::written("q", 2, "T2")) == tag_id("event-1", "q", 2, "T2")));
}

BOOST_AUTO_TEST_SUITE_END()
