#include "model/base/error.hpp"
#include "persistence/operations/lane_operations.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {

template <class Backend>
bool set(store_scene<Backend>& scene, const lane_queue& which, const lane_settings& settings) {
  return scene.commit([&] { return set_lane(scene.in(), which, settings, "ann", scene.now); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(lane_operations)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lane_that_is_set_leaves_old_and_new_in_the_audit, Backend, store_backends) {
  store_scene<Backend> scene;
  BOOST_TEST(set(scene, {"prod", "night"}, {false, "holidays", 10}));
  BOOST_TEST(set(scene, {"prod", "night"}, {true, "", 10, 2}));
  BOOST_TEST((scene.commit([&] { return scene.in().lanes().settings("prod", "night"); }) ==
              lane_settings{true, "", 10, 2}));
  const auto audit = scene.commit([&] { return scene.in().audit().since(0, 10); });
  BOOST_REQUIRE(audit.size() == 2u);
  BOOST_TEST(audit[1].action == "lane.set");
  BOOST_TEST(audit[1].actor == "ann");
  BOOST_TEST(audit[1].subject == "prod/night");
  BOOST_TEST(audit[1].detail ==
             R"({"old":{"enabled":false,"reason":"holidays","ticks_per_day":10,"concurrent_runs":null},)"
             R"("new":{"enabled":true,"reason":"","ticks_per_day":10,"concurrent_runs":2}})");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(setting_what_is_set_already_changes_nothing, Backend, store_backends) {
  store_scene<Backend> scene;
  BOOST_TEST(!set(scene, {"default", "default"}, {}));
  BOOST_TEST(set(scene, {"default", "default"}, {false}));
  BOOST_TEST(!set(scene, {"default", "default"}, {false}));
  BOOST_TEST(scene.commit([&] { return scene.in().audit().since(0, 10).size(); }) == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_no_name_is_no_lane, Backend, store_backends) {
  store_scene<Backend> scene;
  const auto is_bad_name = [](const error& trouble) { return trouble.code() == "bad_name"; };
  BOOST_CHECK_EXCEPTION(set(scene, {"default", "two words"}, {false}), error, is_bad_name);
  BOOST_CHECK_EXCEPTION(set(scene, {"", "default"}, {false}), error, is_bad_name);
  BOOST_TEST(scene.commit([&] { return list_lanes(scene.in()).size(); }) == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lanes_are_listed_that_were_set_have_ticked_or_have_runs, Backend,
                              store_backends) {
  store_scene<Backend> scene;
  set(scene, {"default", "off"}, {false, "why not"});
  scene.submit_chain({"a"});
  scene.submit_chain({"a"});
  auto claim = scene.claim(scene.first);
  scene.begin_running(*claim.run, scene.first);
  scene.begin_step(*claim.run, scene.first, 0);
  run_submission elsewhere;
  elsewhere.env = "another";
  elsewhere.lane = "waiting";
  elsewhere.graph = chain_of({"a"});
  scene.submit(elsewhere);
  const auto lanes = scene.commit([&] { return list_lanes(scene.in()); });
  std::vector<std::string> names;
  for (const auto& row : lanes)
    names.push_back(row.lane.env + "/" + row.lane.lane);
  BOOST_TEST(names == (std::vector<std::string>{"another/waiting", "default/default", "default/off"}),
             boost::test_tools::per_element());
  BOOST_REQUIRE(lanes.size() == 3u);
  BOOST_TEST((lanes[0].settings == lane_settings{}));
  BOOST_TEST(lanes[1].usage.ticks_on(scene.now) == 1u);
  BOOST_TEST(lanes[1].usage.concurrent_runs == 1u);
  BOOST_TEST(lanes[2].settings.reason == "why not");
}

BOOST_AUTO_TEST_SUITE_END()
