#include "model/base/error.hpp"
#include "tests/support/matchers.hpp"
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

BOOST_AUTO_TEST_SUITE(store_conformance)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_run_reads_back_as_it_was_written, Backend, store_backends) {
  store_scene<Backend> scene;
  auto row = row_of(scene.ids, scene.now, run_status::failed, -7);
  row.mode = "live";
  row.job_type = "build";
  row.requested_by = "ann";
  row.started_at = scene.now + 1ms;
  row.finished_at = scene.now + 2ms;
  row.parent_run_id = scene.ids.make(scene.now);
  row.retry_of = scene.ids.make(scene.now);
  row.idempotency_key = "it's a \"key\"";
  row.body_digest = "d";
  row.error_code = "crash_loop";
  row.error_text = "ü";
  row.last_seq = 9;
  scene.commit([&] {
    scene.in().runs().insert(row, {"{\"a\":1}", "[]"});
    return 0;
  });
  BOOST_TEST((scene.row(row.id) == row));
  scene.commit([&] {
    BOOST_TEST((scene.in().runs().body(row.id) == run_body{"{\"a\":1}", "[]"}));
    BOOST_TEST((scene.in().runs().find_by_key("default", *row.idempotency_key) == row));
    BOOST_TEST(!scene.in().runs().find_by_key("other", *row.idempotency_key));
    BOOST_TEST(!scene.in().runs().find(scene.ids.make(scene.now)));
    BOOST_TEST(!scene.in().runs().body(scene.ids.make(scene.now)));
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(ids_and_keys_are_unique, Backend, store_backends) {
  store_scene<Backend> scene;
  auto row = row_of(scene.ids, scene.now);
  row.idempotency_key = "k";
  insert(scene, row);
  auto same_id = row;
  same_id.idempotency_key.reset();
  BOOST_CHECK_EXCEPTION(insert(scene, same_id), error, has_code("duplicate_id"));
  auto same_key = row_of(scene.ids, scene.now);
  same_key.idempotency_key = "k";
  BOOST_CHECK_EXCEPTION(insert(scene, same_key), error, has_code("duplicate_key"));
  same_key.env = "other";
  BOOST_CHECK_NO_THROW(insert(scene, same_key));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_update_needs_the_version_it_has_seen, Backend, store_backends) {
  store_scene<Backend> scene;
  auto row = insert(scene, row_of(scene.ids, scene.now));
  row.status = run_status::paused;
  row.version = 2;
  const auto update = [&](std::uint64_t expected) {
    return scene.commit([&] { return scene.in().runs().update(row, expected); });
  };
  BOOST_TEST(update(1));
  BOOST_TEST(!update(1));
  BOOST_TEST((scene.row(row.id) == row));
  row.status = run_status::cancelled;
  BOOST_TEST(update(2));
  BOOST_TEST((scene.row(row.id).status == run_status::cancelled));
  row.id = scene.ids.make(scene.now);
  BOOST_TEST(!update(2));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_only_looks_changes_no_data_version, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto run = insert(scene, row_of(scene.ids, scene.now)).id;
  const auto version = scene.in().data_version();
  const auto within = scene.commit([&] {
    scene.in().runs().find(run);
    return scene.in().data_version();
  });
  BOOST_TEST(within == version);
  BOOST_TEST(scene.in().data_version() == version);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(events_are_numbered_per_run_and_over_all, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto one = insert(scene, row_of(scene.ids, scene.now)).id;
  const auto other = insert(scene, row_of(scene.ids, scene.now)).id;
  const auto append = [&](const uuid& run, std::uint64_t last_seq, std::size_t count) {
    return scene.commit([&] {
      auto events = number_events(
          run, last_seq, scene.now,
          std::vector<run_event_draft>(count, {run_event_kind::step_log, json::parse("{\"x\":1}")}));
      scene.in().events().append(events);
      return events;
    });
  };
  append(one, 0, 2);
  append(other, 0, 1);
  const auto last = append(one, 2, 1);
  BOOST_CHECK_EXCEPTION(append(one, 4, 1), error, has_code("sequence_gap"));
  BOOST_CHECK_EXCEPTION(append(one, 2, 1), error, has_code("sequence_gap"));
  scene.commit([&] {
    const auto all = scene.in().events().since(0, 100);
    BOOST_REQUIRE(all.size() == 4u);
    for (std::size_t i = 1; i < all.size(); ++i)
      BOOST_TEST(all[i - 1].id < all[i].id);
    BOOST_TEST(all.back().id == last.front().id);
    BOOST_TEST(all.back().payload.dump() == "{\"x\":1}");
    BOOST_TEST((all.back().at == scene.now));
    BOOST_TEST(scene.in().events().since(all[1].id, 100).size() == 2u);
    BOOST_TEST(scene.in().events().since(all.back().id, 100).empty());
    BOOST_TEST(scene.in().events().since(0, 3).size() == 3u);
    const auto of_one = scene.in().events().of_run(one, 1, 100);
    BOOST_REQUIRE(of_one.size() == 2u);
    BOOST_TEST(of_one[0].seq == 2u);
    BOOST_TEST(of_one[1].seq == 3u);
    BOOST_TEST(scene.in().events().of_run(one, 0, 1).size() == 1u);
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leases_are_found_by_run_by_holder_and_by_end, Backend, store_backends) {
  store_scene<Backend> scene;
  std::vector<uuid> runs;
  for (int i = 0; i < 4; ++i)
    runs.push_back(insert(scene, row_of(scene.ids, scene.now)).id);
  scene.commit([&] {
    auto& leases = scene.in().leases();
    BOOST_TEST((leases.find(runs[0]) == lease_record{}));
    leases.put(runs[0], {1, scene.first, {"boot-1", 100s + 1ns}});
    leases.put(runs[1], {7, scene.second, {"boot-1", 100s}});
    leases.put(runs[2], {3, std::nullopt, {}});
    leases.put(runs[3], {1, scene.first, {"boot-0", 999s}});
    return 0;
  });
  scene.commit([&] {
    auto& leases = scene.in().leases();
    BOOST_TEST((leases.find(runs[1]) == lease_record{7, scene.second, {"boot-1", 100s}}));
    BOOST_TEST((leases.find(runs[2]) == lease_record{3, std::nullopt, {}}));
    BOOST_TEST(leases.held({}, 10).size() == 3u);
    BOOST_TEST((leases.held(runs[0], 1).front().run == runs[1]));
    BOOST_TEST(leases.held(runs[3], 10).empty());
    std::set<uuid> ended;
    for (const auto& row : leases.expired(scene.boot, 10))
      ended.insert(row.run);
    BOOST_TEST((ended == std::set<uuid>{runs[1], runs[3]}));
    BOOST_TEST(leases.expired(scene.boot, 1).size() == 1u);
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(commands_keep_their_order_and_state, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto run = insert(scene, row_of(scene.ids, scene.now)).id;
  scene.commit([&] {
    auto& commands = scene.in().commands();
    const auto first = commands.insert({0, run, run_command::pause, "ann", "lunch", scene.now});
    BOOST_TEST(commands.undelivered(run)->id == first);
    BOOST_TEST(commands.undelivered(run)->reason == "lunch");
    commands.set_state(first, command_state::replaced);
    BOOST_TEST(!commands.undelivered(run));
    const auto second = commands.insert({0, run, run_command::cancel, "bob", "", scene.now});
    BOOST_TEST(second > first);
    BOOST_TEST(commands.list(run).size() == 2u);
    BOOST_TEST((commands.list(run)[0].state == command_state::replaced));
    BOOST_TEST(commands.after(first, 10).size() == 1u);
    BOOST_TEST((commands.after(first, 10)[0].command == run_command::cancel));
    BOOST_CHECK_EXCEPTION(commands.set_state(99, command_state::delivered), error, has_code("not_found"));
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_have_settings_and_usage_apart, Backend, store_backends) {
  store_scene<Backend> scene;
  scene.commit([&] {
    auto& lanes = scene.in().lanes();
    BOOST_TEST((lanes.settings("default", "default") == lane_settings{}));
    const lane_settings settings{false, "maintenance", 10, 2};
    lanes.set_settings("default", "default", settings);
    lane_usage usage;
    usage.count(scene.now);
    lanes.set_usage("default", "default", usage);
    BOOST_TEST((lanes.settings("default", "default") == settings));
    BOOST_TEST(lanes.usage("default", "default").ticks_on(scene.now) == 1u);
    const auto row = lanes.find("default", "default");
    BOOST_TEST((row.lane == usual_lane));
    BOOST_TEST((row.settings == settings));
    BOOST_TEST(row.usage.ticks_on(scene.now) == 1u);
    BOOST_TEST((lanes.settings("default", "other") == lane_settings{}));
    BOOST_TEST(lanes.list().size() == 1u);
    lanes.set_usage("another", "default", usage);
    BOOST_TEST((lanes.settings("another", "default") == lane_settings{}));
    lanes.set_settings("another", "default", settings);
    BOOST_TEST(lanes.usage("another", "default").ticks == 1u);
    const auto all = lanes.list();
    BOOST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].lane.env == "another");
    BOOST_TEST((all[1].settings == settings));
    BOOST_TEST(lanes.usage("other", "default").ticks == 0u);
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_transaction_that_is_rolled_back_leaves_no_trace, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto kept = insert(scene, row_of(scene.ids, scene.now));
  scene.commit([&] {
    auto& in = scene.in();
    in.steps().put(kept.id, {"a", {}});
    in.commands().insert({0, kept.id, run_command::pause, "ann", "", scene.now});
    in.leases().put(kept.id, {1, scene.first, scene.boot});
    return 0;
  });
  const auto added = row_of(scene.ids, scene.now);
  {
    store_transaction transaction(scene.in());
    auto& in = scene.in();
    in.runs().insert(added, {"{}", "null"});
    auto changed = kept;
    changed.status = run_status::cancelling;
    BOOST_TEST(in.runs().update(changed, changed.version));
    auto events = number_events(kept.id, 0, scene.now, {{run_event_kind::step_log, json::parse("{}")}});
    in.events().append(events);
    step_row step{"a", {}};
    step.progress.attempts = 5;
    in.steps().put(kept.id, step);
    in.steps().put(kept.id, {"b", {}});
    in.commands().set_state(1, command_state::delivered);
    in.commands().insert({0, kept.id, run_command::cancel, "bob", "", scene.now});
    in.leases().put(kept.id, {2, scene.second, scene.boot});
    in.leases().put(added.id, {1, scene.second, scene.boot});
    in.lanes().set_settings("default", "default", {false});
    in.audit().append({});
    in.rules().put({"a", 1, "text", "", scene.now, scene.now});
    in.rules().append_change({0, scene.now, rule_change_kind::defined, "a", "ann", "text"});
  }
  scene.commit([&] {
    auto& in = scene.in();
    BOOST_TEST((in.runs().find(kept.id) == kept));
    BOOST_TEST(!in.runs().find(added.id));
    BOOST_TEST((in.runs().next_to_advance(usual_lane, scene.now, {})->id == kept.id));
    BOOST_TEST(!in.runs().next_to_settle(usual_lane));
    BOOST_TEST(in.events().since(0, 10).empty());
    BOOST_TEST(in.steps().list(kept.id).size() == 1u);
    BOOST_TEST(in.steps().list(kept.id)[0].progress.attempts == 0u);
    BOOST_TEST(in.commands().list(kept.id).size() == 1u);
    BOOST_TEST(in.commands().undelivered(kept.id).has_value());
    BOOST_TEST((in.leases().find(kept.id).owner == scene.first));
    BOOST_TEST((in.leases().find(added.id) == lease_record{}));
    BOOST_TEST(in.lanes().settings("default", "default").enabled);
    BOOST_TEST(in.lanes().list().empty());
    BOOST_TEST((in.runs().lanes() == std::vector{usual_lane}));
    BOOST_TEST(in.audit().since(0, 10).empty());
    BOOST_TEST(in.rules().list("", 10).empty());
    BOOST_TEST(in.rules().changes(0, 10).empty());
    return 0;
  });
  // Numbers of what was taken back may be given again or not, but they still grow.
  scene.commit([&] {
    auto events = number_events(kept.id, 0, scene.now, {{run_event_kind::step_log, json::parse("{}")}});
    scene.in().events().append(events);
    BOOST_TEST(events[0].id > 0);
    return 0;
  });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(runs_are_counted_by_status, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto counts = [&] { return scene.commit([&] { return scene.in().runs().count_by_status(); }); };
  BOOST_TEST(counts() == run_counts{}, boost::test_tools::per_element());
  scene.commit([&] {
    for (const auto status : {run_status::queued, run_status::failed, run_status::queued})
      scene.in().runs().insert(row_of(scene.ids, scene.now, status, 0), {"{}", "{}"});
    return 0;
  });
  run_counts expected{};
  expected[static_cast<std::size_t>(run_status::queued)] = 2;
  expected[static_cast<std::size_t>(run_status::failed)] = 1;
  BOOST_TEST(counts() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
