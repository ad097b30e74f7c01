#include "runtime/http/connection_table.hpp"
#include "runtime/http/listener_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// A connection that does nothing but say what it is.
class named_connection final : public connection {
public:
  named_connection(listener_context& context, connection_phase phase, time_point since, bool refused)
      : connection(context, nullptr), refused_(refused) {
    enter(phase, since);
  }
  void on_clock(time_point) override {}
  void cut() override {}
  bool is_refused() const noexcept override { return refused_; }

private:
  bool refused_;
};

struct table_fixture {
  std::shared_ptr<connection> add(connection_phase phase, int since, bool refused = false) {
    auto one = std::make_shared<named_connection>(context, phase, at(since), refused);
    table.add(one);
    return one;
  }
  static connection::time_point at(int milliseconds_later) {
    return connection::time_point{} + milliseconds{milliseconds_later};
  }
  std::shared_ptr<connection> victim(int now, int patience = 1'000) const {
    return table.easiest_to_miss(at(now), milliseconds{patience});
  }

  boost::asio::io_context network;
  listener_context context{network, std::make_shared<network_gate>(network),
                           {},      {nullptr, log_level::debug},
                           nullptr, request_ids(1)};
  connection_table table;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_connection_table_test, table_fixture)

BOOST_AUTO_TEST_CASE(an_empty_table_has_nobody_to_miss) {
  BOOST_TEST((victim(0) == nullptr));
}

BOOST_AUTO_TEST_CASE(the_one_idle_for_longest_is_easiest_to_miss) {
  add(connection_phase::idle, 20);
  const auto oldest = add(connection_phase::idle, 10);
  add(connection_phase::reading, 0);
  add(connection_phase::busy, 0);
  BOOST_TEST((victim(100'000) == oldest));
}

BOOST_AUTO_TEST_CASE(one_that_is_closing_counts_as_idle) {
  const auto closing = add(connection_phase::closing, 5);
  add(connection_phase::idle, 10);
  BOOST_TEST((victim(20) == closing));
}

BOOST_AUTO_TEST_CASE(without_idle_ones_it_is_the_slowest_request_once_it_had_its_time) {
  add(connection_phase::busy, 0);
  add(connection_phase::reading, 600);
  const auto slow = add(connection_phase::reading, 500);
  BOOST_TEST((victim(1'499) == nullptr));
  BOOST_TEST((victim(1'500) == slow));
}

BOOST_AUTO_TEST_CASE(requests_at_work_and_refused_clients_are_never_taken) {
  add(connection_phase::busy, 0);
  add(connection_phase::reading, 0, true);
  add(connection_phase::closing, 0, true);
  BOOST_TEST((victim(1'000'000) == nullptr));
}

BOOST_AUTO_TEST_CASE(those_with_a_place_and_those_without_are_counted_apart) {
  const auto served = add(connection_phase::idle, 0);
  const auto refused = add(connection_phase::reading, 0, true);
  BOOST_TEST(table.served() == 1u);
  BOOST_TEST(table.refused() == 1u);
  BOOST_TEST(table.all().size() == 2u);
  table.remove(*refused);
  table.remove(*refused);
  BOOST_TEST(table.refused() == 0u);
  table.remove(*served);
  BOOST_TEST(table.served() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
