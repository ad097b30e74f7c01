#include "persistence/operations/lane_operations.hpp"
#include "persistence/requests/read_events.hpp"
#include "persistence/requests/store_news.hpp"
#include "tests/support/event_rows.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

/// Who writes and who looks: the same store in memory, two connections to one file in SQLite.
struct memory_pair {
  memory_store both;
  store& writer() { return both; }
  store& reader() { return both; }
};
struct sqlite_pair {
  scratch_folder folder;
  sqlite_store first{{folder.path() / "runs.db"}, utc_time{}};
  sqlite_store second{{folder.path() / "runs.db", sqlite_access::read}, utc_time{}};
  store& writer() { return first; }
  store& reader() { return second; }
};
using store_pairs = std::tuple<memory_pair, sqlite_pair>;

template <class Pair>
struct news_scene {
  Pair pair;
  uuid run = numbered_id(1);
  std::uint64_t seq = 0;

  news_scene() {
    write([&](store& in) { insert_bare_run(in, run); });
  }

  template <class Act>
  void write(Act act) {
    store_transaction transaction(pair.writer());
    act(pair.writer());
    transaction.commit();
  }
  void append(std::size_t count) {
    write([&](store& in) { append_events(in, run, seq, count); });
  }
  void command(const std::string& reason) {
    write([&](store& in) { insert_command(in, run, reason); });
  }
  store_news look(const watch_cursor& from, event_wish events = event_wish::none, std::size_t page = 100) {
    const store_transaction look(pair.reader());
    return read_news(pair.reader(), from, events, page);
  }
  event_page read(const event_query& query) {
    const store_transaction look(pair.reader());
    return read_events(pair.reader(), query);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(news_of_a_store)

BOOST_AUTO_TEST_CASE_TEMPLATE(last_ids_are_those_of_the_newest_rows, Backend, store_pairs) {
  news_scene<Backend> scene;
  const auto last_ids = [&] {
    const store_transaction look(scene.pair.reader());
    return std::pair(scene.pair.reader().events().last_id(), scene.pair.reader().commands().last_id());
  };
  BOOST_TEST((last_ids() == std::pair<std::int64_t, std::int64_t>(0, 0)));
  scene.append(3);
  scene.command("a");
  scene.command("b");
  const auto [event, command] = last_ids();
  BOOST_TEST(event == scene.read({0, {}, 0, 100}).events.back().id);
  BOOST_TEST(command == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_commit_wrote_if_there_was_anything_to_make_durable, Backend, store_pairs) {
  news_scene<Backend> scene;
  BOOST_TEST(scene.pair.writer().last_commit_wrote());
  scene.write([](store& in) { (void)in.events().since(0, 1); });
  BOOST_TEST(!scene.pair.writer().last_commit_wrote());
  scene.command("a");
  BOOST_TEST(scene.pair.writer().last_commit_wrote());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_first_look_finds_nothing_and_the_next_what_is_new, Backend, store_pairs) {
  news_scene<Backend> scene;
  scene.command("old");
  const auto first = scene.look({});
  BOOST_TEST(!first.moved);
  BOOST_TEST(first.commands.empty());
  const auto idle = scene.look(first.cursor);
  BOOST_TEST(!idle.moved);
  scene.command("new");
  const auto second = scene.look(idle.cursor);
  BOOST_TEST(second.moved);
  BOOST_REQUIRE(second.commands.size() == 1u);
  BOOST_TEST(second.commands[0].reason == "new");
  BOOST_TEST(!scene.look(second.cursor).moved);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_that_were_set_are_found_once_as_they_are_now, Backend, store_pairs) {
  news_scene<Backend> scene;
  const auto set = [&](const std::string& lane, bool enabled) {
    scene.write([&](store& in) { set_lane(in, {"default", lane}, {enabled, "test"}, "ann", {}); });
  };
  set("old", false);
  auto news = scene.look({});
  BOOST_TEST(news.lanes.empty());
  set("a", true);
  set("b", false);
  set("a", false);
  // Others leave rows in the audit log, too.
  scene.write([](store& in) { in.audit().append({0, {}, "ann", "run.cancel", "default/c"}); });
  news = scene.look(news.cursor);
  BOOST_REQUIRE(news.lanes.size() == 2u);
  BOOST_TEST(news.lanes[0].lane.lane == "a");
  BOOST_TEST(!news.lanes[0].settings.enabled);
  BOOST_TEST(news.lanes[1].lane.lane == "b");
  scene.command("something else");
  BOOST_TEST(scene.look(news.cursor).lanes.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_beyond_a_page_are_found_by_the_next_look, Backend, store_pairs) {
  news_scene<Backend> scene;
  auto news = scene.look({});
  for (const auto* lane : {"a", "b", "c"})
    scene.write([&](store& in) { set_lane(in, {"default", lane}, {false, "test"}, "ann", {}); });
  std::string found;
  do {
    news = scene.look(news.cursor, event_wish::none, 2);
    for (const auto& each : news.lanes)
      found += each.lane.lane;
  } while (news.more);
  BOOST_TEST(found == "abc");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_are_followed_from_the_moment_somebody_wants_them, Backend, store_pairs) {
  news_scene<Backend> scene;
  scene.append(3);
  auto news = scene.look({});
  scene.append(2);
  news = scene.look(news.cursor);
  BOOST_TEST(!news.events_since);
  news = scene.look(news.cursor, event_wish::now);
  BOOST_TEST(news.events.empty());
  const auto end = news.events_since.value();
  BOOST_TEST(end == scene.read({0, {}, 0, 100}).covers);
  scene.append(2);
  news = scene.look(news.cursor, event_wish::now);
  BOOST_TEST(news.events_since.value() == end);
  BOOST_TEST(news.events.size() == 2u);
  scene.append(1);
  news = scene.look(news.cursor, event_wish::none);
  BOOST_TEST(!news.cursor.event);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_that_nobody_can_take_now_are_found_later, Backend, store_pairs) {
  news_scene<Backend> scene;
  auto news = scene.look({}, event_wish::now);
  scene.append(2);
  news = scene.look(news.cursor, event_wish::later);
  BOOST_TEST(news.moved);
  BOOST_TEST(news.events.empty());
  BOOST_TEST(news.cursor.behind);
  news = scene.look(news.cursor, event_wish::later);
  BOOST_TEST(news.cursor.behind);
  news = scene.look(news.cursor, event_wish::now);
  BOOST_TEST(!news.moved);
  BOOST_TEST(news.events.size() == 2u);
  BOOST_TEST(!news.cursor.behind);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(more_than_a_page_is_read_by_several_looks, Backend, store_pairs) {
  news_scene<Backend> scene;
  auto news = scene.look({}, event_wish::now);
  scene.append(25);
  for (int i = 0; i < 13; ++i)
    scene.command(std::to_string(i));
  std::size_t events = 0;
  std::vector<std::string> commands;
  int looks = 0;
  do {
    news = scene.look(news.cursor, event_wish::now, 10);
    events += news.events.size();
    for (const auto& each : news.commands)
      commands.push_back(each.reason);
    ++looks;
  } while (news.more);
  BOOST_TEST(looks == 3);
  BOOST_TEST(events == 25u);
  BOOST_REQUIRE(commands.size() == 13u);
  for (std::size_t i = 0; i < commands.size(); ++i)
    BOOST_TEST(commands[i] == std::to_string(i));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_page_of_history_says_how_far_it_reaches, Backend, store_pairs) {
  news_scene<Backend> scene;
  const auto other = numbered_id(2);
  std::uint64_t other_seq = 0;
  scene.append(3);
  scene.write([&](store& in) {
    insert_bare_run(in, other);
    append_events(in, other, other_seq, 2);
  });
  scene.append(1);
  const auto all = ids_of(scene.read({0, {}, 0, 100}).events);
  BOOST_REQUIRE(all.size() == 6u);

  const auto full = scene.read({0, {}, 0, 2});
  BOOST_TEST(!full.last);
  BOOST_TEST(full.covers == all[1]);
  const auto rest = scene.read({all[1], {}, 0, 100});
  BOOST_TEST(rest.last);
  BOOST_TEST(rest.covers == all[5]);
  BOOST_TEST(rest.events.size() == 4u);

  const auto of_run = scene.read({0, scene.run, 0, 3});
  BOOST_TEST(!of_run.last);
  BOOST_TEST(of_run.covers == all[2]);
  BOOST_TEST(of_run.last_seq == 3u);
  const auto rest_of_run = scene.read({of_run.covers, scene.run, of_run.last_seq, 3});
  BOOST_TEST(rest_of_run.last);
  BOOST_TEST(ids_of(rest_of_run.events) == (std::vector<std::int64_t>{all[5]}),
             boost::test_tools::per_element());

  // From an id in its middle, without knowing the number there.
  const auto middle = scene.read({all[1], scene.run, 0, 100});
  BOOST_TEST(ids_of(middle.events) == (std::vector<std::int64_t>{all[2], all[5]}),
             boost::test_tools::per_element());
  const auto nothing = scene.read({all[1], scene.run, 0, 2});
  BOOST_TEST(nothing.events.empty());
  BOOST_TEST(nothing.last_seq == 2u);
  BOOST_TEST(nothing.covers == all[1]);
  BOOST_TEST(!nothing.last);

  const auto unknown = scene.read({0, numbered_id(9), 0, 100});
  BOOST_TEST(unknown.last);
  BOOST_TEST(unknown.events.empty());
  BOOST_TEST(unknown.covers == all[5]);
}

BOOST_AUTO_TEST_SUITE_END()
