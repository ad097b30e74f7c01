#include "model/node/input_selector.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace sluice;

namespace {

constexpr auto urgent = priority_band::urgent;
constexpr auto high = priority_band::high;
constexpr auto normal = priority_band::normal;

/// Serves as a node does, and counts the messages of each input.
struct service {
  explicit service(const std::vector<priority_band>& bands)
      : selector(bands), idle(bands.size()), served(bands.size()) {}

  /// Serves one turn, or `most` messages of it. Returns false when nobody had anything.
  bool turn(std::size_t most = input_selector::turn_messages) {
    const auto input = selector.next([this](std::size_t each) { return !idle[each]; });
    if (!input)
      return false;
    const auto count = std::min(most, selector.left());
    selector.served(count);
    served[*input] += count;
    return true;
  }
  void turns(int count, std::size_t most = input_selector::turn_messages) {
    for (int i = 0; i < count; ++i)
      BOOST_REQUIRE(turn(most));
  }

  input_selector selector;
  std::vector<bool> idle;
  std::vector<std::size_t> served;
};

} // namespace

BOOST_AUTO_TEST_SUITE(the_choice_of_an_input)

BOOST_AUTO_TEST_CASE(serves_the_bands_four_to_two_to_one) {
  service tested({normal, high, urgent});
  tested.turns(7 * 10'000);
  BOOST_TEST(tested.served[2] == 4 * tested.served[0]);
  BOOST_TEST(tested.served[1] == 2 * tested.served[0]);
  BOOST_TEST(tested.served[0] == 10'000 * input_selector::turn_messages);
}

BOOST_AUTO_TEST_CASE(serves_the_inputs_of_one_band_equally) {
  service tested({normal, normal, normal, normal, normal});
  tested.turns(5 * 1000);
  for (const auto count : tested.served)
    BOOST_TEST(count == 1000 * input_selector::turn_messages);
}

BOOST_AUTO_TEST_CASE(divides_the_share_of_a_band_between_its_inputs) {
  service tested({urgent, urgent, normal});
  tested.turns(5 * 1000);
  BOOST_TEST(tested.served[0] == tested.served[1]);
  BOOST_TEST(tested.served[0] + tested.served[1] == 4 * tested.served[2]);
}

BOOST_AUTO_TEST_CASE(wastes_no_share_when_a_band_is_empty) {
  service tested({normal, high, urgent});
  tested.idle = {false, false, true};
  tested.turns(3 * 1000);
  BOOST_TEST(tested.served[1] == 2 * tested.served[0]);
  tested.idle = {false, true, true};
  tested.turns(1000);
  BOOST_TEST(tested.served[0] == 2000 * input_selector::turn_messages);
}

BOOST_AUTO_TEST_CASE(says_when_there_is_nothing_to_serve) {
  service tested({normal, urgent});
  tested.idle = {true, true};
  BOOST_TEST(!tested.turn());
  tested.idle = {false, true};
  BOOST_TEST(tested.turn());
  BOOST_TEST(!service({}).turn());
}

BOOST_AUTO_TEST_CASE(starves_nobody_who_is_ready_now_and_then) {
  // A normal input that is ready once in ten looks, beside saturated urgent and high ones.
  std::mt19937_64 random(3);
  service tested({normal, high, urgent, urgent, urgent});
  for (int i = 0; i < 70'000; ++i) {
    tested.idle[0] = random() % 10 != 0;
    BOOST_REQUIRE(tested.turn());
  }
  BOOST_TEST(tested.served[0] > 1000U);
}

BOOST_AUTO_TEST_CASE(serves_an_input_that_waits_within_one_round) {
  service tested({normal, high, urgent});
  tested.idle[0] = true;
  tested.turns(1234);
  tested.idle[0] = false;
  int waited = 0;
  while (tested.served[0] == 0 && waited < 100) {
    tested.turns(1);
    ++waited;
  }
  BOOST_TEST(waited <= 7);
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_turn_that_was_cut_short) {
  // Each slice ends after nine messages: one turn and a bit. Without memory the first of two would get eight
  // times as much.
  service tested({normal, normal});
  for (int slice = 0; slice < 8000; ++slice)
    for (std::size_t room = 9; room != 0;) {
      const auto before = tested.served[0] + tested.served[1];
      BOOST_REQUIRE(tested.turn(room));
      room -= tested.served[0] + tested.served[1] - before;
    }
  BOOST_TEST(tested.served[0] == tested.served[1]);
}

BOOST_AUTO_TEST_CASE(keeps_the_shares_when_every_turn_is_cut_short) {
  service tested({normal, urgent});
  tested.turns(5 * 800, 1);
  BOOST_TEST(tested.served[1] == 4 * tested.served[0]);
}

BOOST_AUTO_TEST_CASE(gives_up_the_rest_of_a_turn_when_its_input_has_no_more) {
  service tested({normal, normal});
  BOOST_TEST(tested.turn(1));
  tested.idle[0] = true;
  BOOST_TEST(tested.turn());
  BOOST_TEST(tested.served[0] == 1U);
  BOOST_TEST(tested.served[1] == input_selector::turn_messages);
}

BOOST_AUTO_TEST_CASE(follows_a_change_of_band) {
  service tested({normal, normal});
  tested.turns(2 * 100);
  tested.selector.set_band(1, urgent);
  tested.served = {0, 0};
  tested.turns(5 * 1000);
  // The round under way may be shared in the old way.
  constexpr auto round = 5 * input_selector::turn_messages;
  BOOST_TEST(tested.served[1] + round >= 4 * tested.served[0]);
  BOOST_TEST(tested.served[1] <= 4 * tested.served[0] + round);
  tested.selector.set_band(1, normal);
  tested.served = {0, 0};
  tested.turns(2 * 1000);
  BOOST_TEST(tested.served[1] + round >= tested.served[0]);
  BOOST_TEST(tested.served[1] <= tested.served[0] + round);
}

BOOST_AUTO_TEST_SUITE_END()
