#include "model/run/event_feed.hpp"
#include "tests/support/event_rows.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <utility>

using namespace sluice;

namespace {

using id_list = std::vector<std::int64_t>;

run_event event_of(std::int64_t id, const uuid& run = numbered_id(1), std::uint64_t seq = 1) {
  run_event event;
  event.id = id;
  event.run = run;
  event.seq = seq;
  return event;
}

std::vector<run_event> events_with(const id_list& ids) {
  std::vector<run_event> events;
  for (const auto id : ids)
    events.push_back(event_of(id));
  return events;
}

/// The store as a feed sees it: what is committed, with gaps between ids.
struct event_table {
  std::vector<run_event> rows;

  std::int64_t last_id() const { return rows.empty() ? 0 : rows.back().id; }
  std::uint64_t last_seq(const uuid& run) const {
    return static_cast<std::uint64_t>(
        std::count_if(rows.begin(), rows.end(), [&](const run_event& each) { return each.run == run; }));
  }
  void append(const uuid& run, std::int64_t gap) {
    rows.push_back(event_of(last_id() + 1 + gap, run, last_seq(run) + 1));
  }
  /// As `read_events` over a real store.
  event_page read(const event_query& query) const {
    event_page page;
    page.last_seq = query.since_seq;
    std::size_t seen = 0;
    std::int64_t seen_last = 0;
    for (const auto& row : rows) {
      if (seen == query.limit)
        break;
      if (query.run ? row.run != *query.run || row.seq <= query.since_seq : row.id <= query.since)
        continue;
      ++seen;
      seen_last = row.id;
      if (query.run)
        page.last_seq = row.seq;
      if (row.id > query.since)
        page.events.push_back(row);
    }
    page.last = seen < query.limit;
    page.covers = std::max(query.since, page.last ? last_id() : seen_last);
    return page;
  }
  id_list expected(std::int64_t since, const std::optional<uuid>& run) const {
    id_list ids;
    for (const auto& row : rows)
      if (row.id > since && (!run || row.run == *run))
        ids.push_back(row.id);
    return ids;
  }
};

using source = event_feed::source;

/// A store, a watcher that looks now and then, and subscribers that are served in any order.
class feed_simulation {
public:
  explicit feed_simulation(std::uint32_t seed) : seed_(seed), random_(seed), recent_(1 + chance(12)) {
    for (auto history = chance(30); history > 0; --history)
      commit();
    for (int i = 0; i < 3; ++i)
      add_subscriber();
  }

  void step() {
    auto& one = subscribers_[chance(3)];
    switch (chance(7)) {
    case 0:
      return commit();
    case 1:
      return look(1 + chance(6));
    case 2:
    case 3:
      serve(one);
      return;
    case 4:
      return answer_or_fail(one);
    case 5:
      return one.feed.acknowledge(chance(6));
    default:
      // Nobody was there for a while.
      if (chance(20) == 0) {
        recent_.forget();
        watching_ = false;
      }
    }
  }

  /// Nothing is committed any more: everybody gets the rest, and then has exactly what it should.
  void come_to_rest() {
    look(everything);
    look(everything);
    for (auto& each : subscribers_) {
      int rounds = 0;
      do {
        answer(each);
        each.feed.acknowledge(everything);
        BOOST_REQUIRE_MESSAGE(++rounds < 10'000, "seed " << seed_ << ": it does not come to rest");
      } while (serve(each) || each.query);
      const auto expected = table_.expected(each.since, each.run);
      BOOST_REQUIRE_MESSAGE(each.got == expected,
                            "seed " << seed_ << ": got " << each.got.size() << " of " << expected.size());
    }
  }

private:
  static constexpr std::size_t everything = 1'000'000;

  struct subscriber {
    event_feed feed;
    std::int64_t since;
    std::optional<uuid> run;
    std::size_t most_outstanding;
    id_list got = {};
    /// What it has asked the store for, and, once that was read, the answer on its way.
    std::optional<event_query> query = {};
    std::optional<event_page> page = {};
  };

  unsigned chance(unsigned of) { return static_cast<unsigned>(random_()) % of; }
  uuid any_run() { return numbered_id(static_cast<std::uint8_t>(1 + chance(3))); }

  void add_subscriber() {
    const auto since = static_cast<std::int64_t>(chance(static_cast<unsigned>(table_.last_id() + 3)));
    const auto run = chance(2) == 0 ? std::nullopt : std::optional(any_run());
    const event_feed_limits limits{1 + chance(5), 1 + chance(12)};
    subscribers_.push_back(
        {event_feed(since, run, limits), since, run, std::max(limits.page, limits.outstanding)});
  }

  void commit() {
    for (auto count = chance(4); count > 0; --count)
      table_.append(any_run(), chance(3) == 0 ? chance(4) : 0);
  }

  void look(std::size_t limit) {
    if (!std::exchange(watching_, true)) {
      watched_ = table_.last_id();
      return recent_.add(watched_, {});
    }
    const auto page = table_.read({watched_, {}, 0, limit});
    recent_.add(watched_, page.events);
    if (!page.events.empty())
      watched_ = page.events.back().id;
  }

  bool serve(subscriber& each) {
    switch (each.feed.next(recent_)) {
    case source::none:
      return false;
    case source::window:
      hand(each, each.feed.take(recent_));
      return true;
    case source::history:
      each.query = each.feed.begin_reading(recent_);
      return true;
    }
    return false;
  }

  void answer_or_fail(subscriber& each) {
    if (!each.query || each.page || chance(5) != 0)
      return answer(each);
    each.query.reset();
    each.feed.fail_reading();
  }

  /// The answer to a query is what was committed when it was read, not when it arrives.
  void answer(subscriber& each) {
    if (each.page) {
      auto page = *std::exchange(each.page, std::nullopt);
      each.query.reset();
      hand(each, each.feed.finish_reading(std::move(page)));
    } else if (each.query) {
      each.page = table_.read(*each.query);
    }
  }

  void hand(subscriber& to, const std::vector<run_event>& events) {
    for (const auto& event : events)
      to.got.push_back(event.id);
    BOOST_REQUIRE_MESSAGE(to.feed.outstanding() <= to.most_outstanding,
                          "seed " << seed_ << ": too much is outstanding");
  }

  std::uint32_t seed_;
  std::mt19937 random_;
  event_table table_;
  event_window recent_;
  std::vector<subscriber> subscribers_;
  bool watching_ = false;
  std::int64_t watched_ = 0;
};

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(sluice::event_feed::source)

BOOST_AUTO_TEST_SUITE(event_window_of_the_newest)

BOOST_AUTO_TEST_CASE(a_window_knows_nothing_before_it_is_told_where_it_begins) {
  event_window window(10);
  BOOST_TEST(!window.known());
  window.add(7, {});
  BOOST_TEST(window.known());
  BOOST_TEST(window.since() == 7);
  BOOST_TEST(window.end() == 7);
}

BOOST_AUTO_TEST_CASE(batches_that_follow_each_other_lengthen_it_up_to_its_limit) {
  event_window window(3);
  window.add(2, events_with({4, 5}));
  window.add(5, events_with({9, 10}));
  BOOST_TEST(window.since() == 4);
  BOOST_TEST(window.end() == 10);
  BOOST_TEST(ids_of(window.read(4, {}, 100).events) == (id_list{5, 9, 10}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_it_has_already_is_left_out) {
  event_window window(10);
  window.add(0, events_with({1, 2, 3}));
  window.add(1, events_with({2, 3, 4}));
  window.add(0, events_with({1}));
  BOOST_TEST(window.end() == 4);
  BOOST_TEST(ids_of(window.read(0, {}, 100).events) == (id_list{1, 2, 3, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(after_a_gap_it_begins_anew) {
  event_window window(10);
  window.add(0, events_with({1, 2}));
  window.add(5, events_with({6}));
  BOOST_TEST(window.since() == 5);
  BOOST_TEST(ids_of(window.read(5, {}, 100).events) == (id_list{6}), boost::test_tools::per_element());
  window.forget();
  BOOST_TEST(!window.known());
}

BOOST_AUTO_TEST_CASE(a_page_of_one_run_covers_what_was_left_out_too) {
  event_window window(10);
  std::vector<run_event> events{event_of(1, numbered_id(1), 1), event_of(2, numbered_id(2), 1),
                                event_of(3, numbered_id(1), 2), event_of(4, numbered_id(2), 2)};
  window.add(0, events);
  const auto all = window.read(0, numbered_id(1), 100);
  BOOST_TEST(ids_of(all.events) == (id_list{1, 3}), boost::test_tools::per_element());
  BOOST_TEST(all.covers == 4);
  BOOST_TEST(all.last_seq == 2u);
  const auto first = window.read(0, numbered_id(2), 1);
  BOOST_TEST(ids_of(first.events) == (id_list{2}), boost::test_tools::per_element());
  BOOST_TEST(first.covers == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event_feed_of_a_subscriber)

BOOST_AUTO_TEST_CASE(history_is_read_first_then_the_window_takes_over) {
  event_window recent(10);
  event_feed feed(0, {}, {2, 100});
  BOOST_TEST(feed.next(recent) == source::history);
  BOOST_TEST(feed.begin_reading(recent).limit == 2u);
  BOOST_TEST(feed.next(recent) == source::none);
  BOOST_TEST(ids_of(feed.finish_reading({events_with({1, 2}), 2, 0, false})) == (id_list{1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(feed.next(recent) == source::history);
  BOOST_TEST(feed.begin_reading(recent).since == 2);
  feed.finish_reading({events_with({3}), 3, 0, true});
  // All is read, and nothing is known of what is new.
  BOOST_TEST(feed.next(recent) == source::none);
  recent.add(3, events_with({4}));
  BOOST_TEST(feed.next(recent) == source::window);
  BOOST_TEST(ids_of(feed.take(recent)) == (id_list{4}), boost::test_tools::per_element());
  BOOST_TEST(feed.next(recent) == source::none);
}

BOOST_AUTO_TEST_CASE(what_was_committed_between_history_and_the_window_is_read_from_the_store) {
  event_window recent(10);
  event_feed feed(0, {}, {10, 100});
  feed.begin_reading(recent);
  feed.finish_reading({events_with({1}), 1, 0, true});
  recent.add(3, {});
  BOOST_TEST(feed.next(recent) == source::history);
  BOOST_TEST(feed.begin_reading(recent).since == 1);
  feed.finish_reading({events_with({2, 3}), 3, 0, true});
  BOOST_TEST(feed.next(recent) == source::none);
}

BOOST_AUTO_TEST_CASE(who_begins_within_the_window_reads_nothing) {
  event_window recent(10);
  recent.add(0, events_with({1, 2, 3}));
  event_feed feed(2, {});
  BOOST_TEST(feed.next(recent) == source::window);
  BOOST_TEST(ids_of(feed.take(recent)) == (id_list{3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_begins_in_the_future_waits_for_it) {
  event_window recent(10);
  event_feed feed(5, {});
  feed.begin_reading(recent);
  BOOST_TEST(feed.finish_reading({{}, 5, 0, true}).empty());
  recent.add(3, events_with({4, 5}));
  BOOST_TEST(feed.next(recent) == source::none);
  recent.add(5, events_with({6}));
  BOOST_TEST(feed.next(recent) == source::window);
  BOOST_TEST(ids_of(feed.take(recent)) == (id_list{6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_slow_subscriber_gets_no_more_until_it_has_acknowledged) {
  event_window recent(100);
  recent.add(0, events_with({1, 2, 3, 4, 5}));
  event_feed feed(0, {}, {2, 3});
  BOOST_TEST(feed.take(recent).size() == 2u);
  BOOST_TEST(feed.take(recent).size() == 1u);
  BOOST_TEST(feed.next(recent) == source::none);
  feed.acknowledge(1);
  BOOST_TEST(feed.outstanding() == 2u);
  BOOST_TEST(feed.next(recent) == source::window);
  BOOST_TEST(ids_of(feed.take(recent)) == (id_list{4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_the_window_has_left_behind_reads_from_the_store_when_a_page_has_room) {
  event_window recent(2);
  recent.add(0, events_with({1, 2}));
  event_feed feed(0, {}, {2, 3});
  feed.take(recent);
  recent.add(2, events_with({3, 4, 5, 6}));
  BOOST_TEST(recent.since() == 4);
  BOOST_TEST(feed.next(recent) == source::none);
  feed.acknowledge(1);
  BOOST_TEST(feed.next(recent) == source::history);
  BOOST_TEST(feed.begin_reading(recent).since == 2);
}

BOOST_AUTO_TEST_CASE(history_that_could_not_be_read_is_read_again_from_the_same_place) {
  event_window recent(10);
  event_feed feed(4, {});
  feed.begin_reading(recent);
  feed.fail_reading();
  BOOST_TEST(feed.next(recent) == source::history);
  BOOST_TEST(feed.begin_reading(recent).since == 4);
}

BOOST_AUTO_TEST_CASE(the_history_of_one_run_goes_on_by_its_numbers) {
  event_window recent(10);
  event_feed feed(0, numbered_id(1), {2, 100});
  auto query = feed.begin_reading(recent);
  BOOST_TEST((query.run == numbered_id(1)));
  BOOST_TEST(query.since_seq == 0u);
  feed.finish_reading({events_with({1, 5}), 5, 2, false});
  query = feed.begin_reading(recent);
  BOOST_TEST(query.since == 5);
  BOOST_TEST(query.since_seq == 2u);
}

BOOST_AUTO_TEST_CASE(more_acknowledgements_than_events_do_no_harm) {
  event_feed feed(0, {});
  feed.acknowledge(5);
  BOOST_TEST(feed.outstanding() == 0u);
}

// Any interleaving of commits, looks, reads that take their time or fail, and acknowledgements; small limits,
// so that every corner is met.
BOOST_AUTO_TEST_CASE(whatever_the_interleaving_every_event_comes_once_in_order) {
  for (std::uint32_t seed = 1; seed <= 2'000; ++seed) {
    feed_simulation simulation(seed);
    for (int step = 0; step < 150; ++step)
      simulation.step();
    simulation.come_to_rest();
  }
}

BOOST_AUTO_TEST_SUITE_END()
