#include "model/message/json.hpp"
#include "model/message/message.hpp"
#include "model/message/port_type.hpp"
#include "model/message/text.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(message_test)

using sluice::message;
using sluice::payload;

namespace {

struct three_words {
  std::uint64_t a = 1;
  std::uint64_t b = 2;
  std::uint64_t c = 3;
};

/// Counts what happens to values of it.
struct counted {
  struct tally {
    int copies = 0;
    int alive = 0;
  };
  explicit counted(tally& counts) : counts_(&counts) { ++counts_->alive; }
  counted(const counted& other) : counts_(other.counts_) {
    ++counts_->copies;
    ++counts_->alive;
  }
  counted(counted&& other) noexcept : counts_(other.counts_) { ++counts_->alive; }
  counted& operator=(const counted&) = delete;
  ~counted() { --counts_->alive; }

  tally* counts_;
};

/// Not inlined: g++ 12 otherwise takes the bits of a plain value for the pointer of a shared one, and warns.
template <class T>
[[gnu::noinline]] payload payload_of(T value) {
  return payload(std::move(value));
}

bool lies_inside(const void* inner, const void* outer, std::size_t size) {
  const auto at = reinterpret_cast<std::uintptr_t>(inner);
  const auto from = reinterpret_cast<std::uintptr_t>(outer);
  return at >= from && at < from + size;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_message_is_64_bytes_and_a_payload_32) {
  BOOST_TEST(sizeof(message) == 64U);
  BOOST_TEST(sizeof(payload) == 32U);
}

BOOST_AUTO_TEST_CASE(small_plain_values_live_inside) {
  const payload number = payload_of(7);
  const payload words = payload_of(three_words{});
  BOOST_TEST(lies_inside(number.get_if<int>(), &number, sizeof number));
  BOOST_TEST(lies_inside(words.get_if<three_words>(), &words, sizeof words));
  BOOST_TEST(words.get<three_words>().c == 3U);
}

BOOST_AUTO_TEST_CASE(large_values_are_shared_by_copies_and_never_copied) {
  counted::tally counts;
  {
    const payload one{counted(counts)};
    const payload two = one; // NOLINT: the copy is the point
    BOOST_TEST(one.get_if<counted>() == two.get_if<counted>());
    BOOST_TEST(counts.alive == 1);
  }
  BOOST_TEST(counts.copies == 0);
  BOOST_TEST(counts.alive == 0);
}

BOOST_AUTO_TEST_CASE(taking_a_value_nobody_shares_moves_it) {
  counted::tally counts;
  payload only{counted(counts)};
  {
    const auto taken = only.take<counted>();
    BOOST_TEST(counts.copies == 0);
    BOOST_TEST(only.empty());
  }
  BOOST_TEST(counts.alive == 0);
}

BOOST_AUTO_TEST_CASE(taking_a_shared_value_copies_it_and_leaves_the_others_alone) {
  counted::tally counts;
  payload one{counted(counts)};
  const payload two = one;
  (void)one.take<counted>();
  BOOST_TEST(counts.copies == 1);
  BOOST_TEST(one.empty());
  BOOST_TEST(two.holds<counted>());
}

BOOST_AUTO_TEST_CASE(a_move_only_value_travels_and_comes_out_again) {
  message from(std::make_unique<int>(5));
  message moved(std::move(from));
  BOOST_TEST(from.content().empty()); // NOLINT: a moved-from payload is empty by contract
  BOOST_TEST(*moved.take<std::unique_ptr<int>>() == 5);
}

BOOST_AUTO_TEST_CASE(taking_a_shared_move_only_value_is_an_error_that_keeps_it) {
  payload one(std::make_unique<int>(5));
  const payload two = one;
  BOOST_CHECK_EXCEPTION(one.take<std::unique_ptr<int>>(), sluice::error,
                        [](const auto& refused) { return refused.code() == "shared_payload"; });
  BOOST_TEST(*two.get<std::unique_ptr<int>>() == 5);
  BOOST_TEST(one.holds<std::unique_ptr<int>>());
}

BOOST_AUTO_TEST_CASE(asking_for_another_type_names_both) {
  const payload from(sluice::text("x"));
  BOOST_TEST(from.get_if<sluice::json>() == nullptr);
  BOOST_CHECK_EXCEPTION(from.get<sluice::json>(), sluice::error, [](const auto& refused) {
    return refused.code() == "wrong_type" && std::string(refused.what()) == "the payload is text, not json";
  });
  BOOST_CHECK_THROW(payload().get<int>(), sluice::error);
}

BOOST_AUTO_TEST_CASE(text_and_json_need_no_cell_of_their_own) {
  const sluice::text characters("shared bytes");
  const payload from(characters);
  BOOST_TEST((from.get<sluice::text>().view().data() == characters.view().data()));
  const auto document = sluice::json::parse("[1,2]");
  BOOST_TEST(&payload(document).get<sluice::json>().value() == &document.value());
}

BOOST_AUTO_TEST_CASE(text_is_any_bytes) {
  const std::string raw("a\0\xFF", 3);
  BOOST_TEST((sluice::text(raw).view() == raw));
  BOOST_TEST(sluice::text().empty());
  BOOST_TEST(sluice::text("").size() == 0U);
  BOOST_TEST((payload(sluice::text()).get<sluice::text>().empty()));
}

BOOST_AUTO_TEST_CASE(text_and_bytes_are_different_types) {
  BOOST_TEST(!payload(sluice::text("x")).holds<sluice::bytes>());
  BOOST_TEST(!sluice::port_type::of<sluice::text>().fits(sluice::port_type::of<sluice::bytes>()));
  BOOST_TEST(sluice::port_type::any().accepts(payload(std::string("any value"))));
}

BOOST_AUTO_TEST_CASE(a_copy_or_move_onto_itself_changes_nothing) {
  payload from(std::string("some longer text, not inside"));
  auto& same = from;
  from = same;
  BOOST_TEST(from.get<std::string>().size() == 28U);
  from = std::move(same);
  BOOST_TEST(from.get<std::string>().size() == 28U);
}

BOOST_AUTO_TEST_CASE(with_keeps_the_envelope_around_another_value) {
  message from(sluice::text("x"), sluice::message_kind::error);
  from.set_trace({3, 4});
  from.set_timestamp(std::chrono::nanoseconds{1'700'000'000'000'000'123});
  from.set_key(sluice::text("k"));
  const auto next = from.with(5);
  BOOST_TEST((next.trace() == from.trace()));
  BOOST_TEST(next.timestamp().count() == 1'700'000'000'000'000'123);
  BOOST_TEST((next.key().view() == "k"));
  BOOST_TEST((next.kind() == sluice::message_kind::error));
  BOOST_TEST(next.get<int>() == 5);
}

BOOST_AUTO_TEST_CASE(every_kind_survives) {
  using enum sluice::message_kind;
  for (const auto kind : {data, error, control, marker})
    BOOST_TEST((message(1, kind).kind() == kind));
}

BOOST_AUTO_TEST_SUITE_END()
