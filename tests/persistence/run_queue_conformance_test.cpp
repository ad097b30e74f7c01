#include "tests/support/run_rows.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

const lane_queue usual_lane{"default", "default"};

} // namespace

BOOST_AUTO_TEST_SUITE(run_queue_conformance)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_queue_gives_highest_priority_then_oldest_then_lowest_id, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  std::vector<run_row> rows;
  for (const auto& [priority, delay] : std::vector<std::pair<int, std::chrono::milliseconds>>{
           {0, 0ms}, {5, 0ms}, {5, -1ms}, {0, 0ms}, {9, 1ms}, {-1, -1h}}) {
    auto row = row_of(scene.ids, scene.now, run_status::queued, priority);
    row.available_at = scene.now + delay;
    rows.push_back(insert(scene, row));
  }
  std::vector<uuid> taken;
  std::string order;
  const auto next = [&] {
    return scene.commit([&] { return scene.in().runs().next_to_advance(usual_lane, scene.now, taken); });
  };
  for (auto row = next(); row; row = next()) {
    taken.push_back(row->id);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].id == row->id)
        order += std::to_string(i);
  }
  // Number 4, the most urgent, is not due yet.
  BOOST_TEST(order == "21035");
  scene.wait(1ms);
  BOOST_TEST((next()->id == rows[4].id));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_status_is_in_the_queue_it_belongs_to, Backend, store_backends) {
  const std::set<std::string> advancing = {"queued", "preparing", "running"};
  const std::set<std::string> settling = {"pausing", "cancelling"};
  for (const auto status : all_run_statuses()) {
    for (const bool owned : {false, true}) {
      store_scene<Backend> scene;
      auto row = row_of(scene.ids, scene.now, status);
      row.owned = owned;
      insert(scene, row);
      const std::string name(to_string(status));
      BOOST_TEST_CONTEXT(name << " owned " << owned) {
        scene.commit([&] {
          auto& runs = scene.in().runs();
          const bool has_work = advancing.count(name) + settling.count(name) > 0;
          BOOST_TEST(runs.next_to_advance(usual_lane, scene.now, {}).has_value() ==
                     (!owned && advancing.count(name) > 0));
          BOOST_TEST(runs.next_to_settle(usual_lane).has_value() == (!owned && settling.count(name) > 0));
          BOOST_TEST(runs.has_owned(usual_lane) == (owned && has_work));
          BOOST_TEST(runs.count_owned(usual_lane) == (owned ? 1u : 0u));
          BOOST_TEST(!runs.next_to_advance({"default", "other"}, scene.now, {}));
          BOOST_TEST(!runs.next_to_advance({"other", "default"}, scene.now, {}));
          return 0;
        });
      }
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_changed_run_changes_its_queue, Backend, store_backends) {
  store_scene<Backend> scene;
  auto row = insert(scene, row_of(scene.ids, scene.now));
  const auto change = [&](run_status status, bool owned, std::chrono::milliseconds delay) {
    row = scene.row(row.id);
    row.status = status;
    row.owned = owned;
    row.available_at = scene.now + delay;
    return scene.commit([&] {
      BOOST_TEST(scene.in().runs().update(row, row.version));
      return std::pair(scene.in().runs().next_to_advance(usual_lane, scene.now, {}).has_value(),
                       scene.in().runs().next_to_settle(usual_lane).has_value());
    });
  };
  BOOST_TEST((change(run_status::running, true, 0ms) == std::pair(false, false)));
  BOOST_TEST((change(run_status::running, false, 0ms) == std::pair(true, false)));
  BOOST_TEST((change(run_status::running, false, 1ms) == std::pair(false, false)));
  BOOST_TEST((change(run_status::cancelling, false, 1ms) == std::pair(false, true)));
  BOOST_TEST((change(run_status::cancelled, false, 0ms) == std::pair(false, false)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lists_are_newest_first_and_their_pages_join, Backend, store_backends) {
  store_scene<Backend> scene;
  std::vector<uuid> made;
  for (int i = 0; i < 7; ++i) {
    auto row = row_of(scene.ids, scene.now, i % 2 == 0 ? run_status::queued : run_status::failed);
    row.lane = i < 5 ? "default" : "other";
    made.insert(made.begin(), insert(scene, row).id);
  }
  const auto list = [&](const run_filter& filter) {
    std::vector<uuid> ids;
    for (const auto& row : scene.commit([&] { return scene.in().runs().list(filter); }))
      ids.push_back(row.id);
    return ids;
  };
  BOOST_TEST((list({}) == made));
  run_filter page;
  page.limit = 3;
  std::vector<uuid> joined;
  for (auto ids = list(page); !ids.empty(); ids = list(page)) {
    BOOST_TEST(ids.size() <= 3u);
    joined.insert(joined.end(), ids.begin(), ids.end());
    page.before = ids.back();
    // A run that is made between two pages does not move the rest.
    insert(scene, row_of(scene.ids, scene.now + 1h));
  }
  BOOST_TEST((joined == made));
  BOOST_TEST(list({"default", "other"}).size() == 2u);
  BOOST_TEST(list({"", "", run_status::failed}).size() == 3u);
  BOOST_TEST(list({"elsewhere"}).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lists_by_job_type_have_all_of_it_and_nothing_else, Backend, store_backends) {
  store_scene<Backend> scene;
  const std::vector<std::string> types = {"", "build", "test", "build "};
  const std::vector<std::string> lanes = {"default", "other"};
  const std::vector<run_status> statuses = {run_status::queued, run_status::succeeded, run_status::failed};
  // Strides that do not divide each other, so that every combination is there, some of them seldom.
  std::vector<run_row> made;
  for (std::size_t i = 0; i < 200; ++i) {
    auto row = row_of(scene.ids, scene.now, statuses[i % 7 % 3]);
    row.job_type = types[i % 11 % 4];
    row.lane = lanes[i % 5 == 0 ? 1 : 0];
    made.push_back(insert(scene, row));
  }
  const auto expected = [&](const run_filter& filter) {
    std::vector<uuid> ids;
    for (auto row = made.rbegin(); row != made.rend() && ids.size() < filter.limit; ++row)
      if (row->job_type == filter.job_type && (filter.lane.empty() || row->lane == filter.lane) &&
          (!filter.status || row->status == *filter.status) &&
          (filter.before.empty() || row->id < filter.before))
        ids.push_back(row->id);
    return ids;
  };
  const auto listed = [&](const run_filter& filter) {
    std::vector<uuid> ids;
    for (const auto& row : scene.commit([&] { return scene.in().runs().list(filter); }))
      ids.push_back(row.id);
    return ids;
  };
  for (const auto* type : {"build", "test", "build ", "nothing"})
    for (const auto* lane : {"", "default", "other"})
      for (const auto status : {std::optional<run_status>(), std::optional(run_status::failed),
                                std::optional(run_status::cancelled)})
        for (const std::size_t limit : {1u, 7u, 1000u})
          for (const auto& before : {uuid{}, made[120].id}) {
            run_filter filter;
            filter.job_type = type;
            filter.lane = lane;
            filter.status = status;
            filter.limit = limit;
            filter.before = before;
            BOOST_TEST((listed(filter) == expected(filter)), type << '/' << lane << '/' << limit);
          }
  run_filter late;
  late.job_type = "build";
  late.since = scene.now + 1h;
  BOOST_TEST(listed(late).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_can_begin_at_a_moment, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto start = scene.now;
  for (int i = 0; i < 4; ++i) {
    auto row = row_of(scene.ids, scene.now, i % 2 == 0 ? run_status::queued : run_status::failed);
    row.lane = i < 3 ? "default" : "other";
    insert(scene, row);
    scene.wait(10ms);
  }
  const auto count = [&](run_filter filter, std::chrono::milliseconds after) {
    filter.since = start + after;
    return scene.commit([&] { return scene.in().runs().list(filter).size(); });
  };
  BOOST_TEST(count({}, 0ms) == 4u);
  BOOST_TEST(count({}, 1ms) == 3u);
  BOOST_TEST(count({}, 10ms) == 3u);
  BOOST_TEST(count({}, 31ms) == 0u);
  BOOST_TEST(count({"default"}, 10ms) == 3u);
  BOOST_TEST(count({"default", "default"}, 10ms) == 2u);
  BOOST_TEST(count({"", "", run_status::failed}, 11ms) == 1u);
  BOOST_TEST(count({"", "", run_status::queued}, 1ms) == 1u);
  run_filter page;
  page.limit = 1;
  BOOST_TEST(count(page, 10ms) == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_next_due_run_is_the_earliest_of_all_priorities_that_can_be_claimed, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto next = [&] {
    return scene.commit([&] { return scene.in().runs().next_due(usual_lane, scene.now); });
  };
  const auto add = [&](std::int32_t priority, std::chrono::milliseconds delay, run_status status,
                       bool owned = false, const std::string& lane = "default") {
    auto row = row_of(scene.ids, scene.now, status, priority);
    row.available_at = scene.now + delay;
    row.owned = owned;
    row.lane = lane;
    insert(scene, row);
  };
  BOOST_TEST(!next());
  add(0, 0ms, run_status::queued);
  add(0, -5ms, run_status::queued);
  BOOST_TEST(!next());
  add(0, 1ms, run_status::queued, true);
  add(0, 1ms, run_status::paused);
  add(0, 1ms, run_status::cancelling);
  add(0, 1ms, run_status::queued, false, "other");
  BOOST_TEST(!next());
  add(std::numeric_limits<std::int32_t>::max(), 9ms, run_status::queued);
  BOOST_TEST((next() == scene.now + 9ms));
  add(std::numeric_limits<std::int32_t>::min(), 7ms, run_status::running);
  BOOST_TEST((next() == scene.now + 7ms));
  add(5, 3ms, run_status::preparing);
  add(5, 2ms, run_status::queued);
  BOOST_TEST((next() == scene.now + 2ms));
  scene.wait(2ms);
  BOOST_TEST((next() == scene.now + 1ms));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_with_runs_are_found_whatever_has_become_of_these, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  const auto add = [&](const std::string& env, const std::string& lane, run_status status) {
    auto row = row_of(scene.ids, scene.now, status);
    row.env = env;
    row.lane = lane;
    insert(scene, row);
  };
  const auto names = [&] {
    std::string text;
    for (const auto& lane : scene.commit([&] { return scene.in().runs().lanes(); }))
      text += lane.env + "/" + lane.lane + " ";
    return text;
  };
  BOOST_TEST(names().empty());
  add("b", "x", run_status::queued);
  add("b", "x", run_status::succeeded);
  add("a", "z", run_status::failed);
  add("b", "a", run_status::paused);
  scene.commit([&] { return scene.in().runs().has_owned({"c", "c"}); });
  BOOST_TEST(names() == "a/z b/a b/x ");
}

BOOST_AUTO_TEST_SUITE_END()
