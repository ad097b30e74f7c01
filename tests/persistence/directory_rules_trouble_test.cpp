// What is wrong with a directory of rules is a finding; what was in force stays in force.

#include "model/base/error.hpp"
#include "persistence/rules/rule_state_file.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/rule_store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A directory that a test can take away, with a rule `a` in it.
struct trouble_scene {
  scratch_folder above;
  fs::path path = above.path() / "rules";
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  std::vector<std::string> log;

  trouble_scene() {
    fs::create_directory(path);
    write("a.yaml", rule_called("a"));
  }
  void write(const std::string& name, const rule& definition) { write_and_rename(path / name, definition); }
  std::unique_ptr<rule_store> open() {
    return open_rule_directory(
        path, [this] { return now; },
        [this](log_level, std::string_view event, std::string_view) { log.emplace_back(event); });
  }
  rule_follower follow() { return {open()}; }
  rule_state disabled() const { return {rule_mode::disabled, 1, "loud", "ann", now, {}}; }
  fs::path states() const { return path / rule_state_file::name; }
};

bool is_readable(int descriptor) {
  pollfd look{descriptor, POLLIN, 0};
  return ::poll(&look, 1, 0) == 1;
}

bool mentions(const rule_finding& found, const std::string& text) {
  return to_string(found.what, found.place).find(text) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_rules_trouble)

BOOST_AUTO_TEST_CASE(no_directory_is_an_error_with_its_name) {
  trouble_scene scene;
  const auto open = [&](const fs::path& path) { open_rule_directory(path, [&] { return scene.now; }, {}); };
  BOOST_CHECK_EXCEPTION(open(scene.above.path() / "none"), error, [](const error& trouble) {
    return trouble.code() == "rules_unavailable" &&
           std::string(trouble.what()).find("/none") != std::string::npos;
  });
  BOOST_CHECK_EXCEPTION(open(scene.path / "a.yaml"), error, has_code("rules_unavailable"));
}

BOOST_AUTO_TEST_CASE(the_descriptor_is_readable_when_there_is_something_to_say) {
  trouble_scene scene;
  auto ann = scene.follow();
  BOOST_REQUIRE(ann.rules->descriptor() >= 0);
  BOOST_TEST(!is_readable(ann.rules->descriptor()));
  scene.write("b.yaml", rule_called("b"));
  BOOST_TEST(is_readable(ann.rules->descriptor()));
  ann.listen();
  BOOST_TEST(!is_readable(ann.rules->descriptor()));
  scene.open()->set_state("a", scene.disabled(), scene.now);
  BOOST_TEST(is_readable(ann.rules->descriptor()));
}

BOOST_AUTO_TEST_CASE(a_malformed_rule_is_found_with_file_line_and_column_and_is_told_once) {
  trouble_scene scene;
  auto ann = scene.follow();
  auto text = write_rule(rule_called("a"));
  const std::string bad = "version: wrong";
  write_and_rename(scene.path / "a.yaml", text + "rule_" + bad + "\n");
  BOOST_TEST(ann.listen().empty());
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found[0].place == (scene.path / "a.yaml").native());
  BOOST_TEST(found[0].what.position.line > 1);
  BOOST_TEST(found[0].what.position.column > 0);
  fs::last_write_time(scene.path / "a.yaml", fs::file_time_type::clock::now());
  fs::rename(scene.path / "a.yaml", scene.path / "b.yaml");
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(ann.rules->take_findings().empty());
  BOOST_TEST((*ann.view.at("a").definition == rule_called("a")));
}

BOOST_AUTO_TEST_CASE(an_unchecked_expression_or_confidence_does_not_load) {
  trouble_scene scene;
  auto wrong = rule_called("wrong", "(unclosed");
  scene.write("1.yaml", wrong);
  wrong = rule_called("sure");
  wrong.emits[0].confidence = 7.5;
  scene.write("2.yaml", wrong);
  const auto found = scene.open()->load();
  BOOST_TEST(found.rules.size() == 1u);
  BOOST_TEST(found.findings.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_of_ten_megabytes_is_a_finding_and_the_rule_stays) {
  trouble_scene scene;
  auto ann = scene.follow();
  write_and_rename(scene.path / "a.yaml", std::string(10 << 20, 'x'));
  BOOST_TEST(ann.listen().empty());
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].what.code == "TOO_LARGE");
  BOOST_TEST(mentions(found[0], "10485760"));
  BOOST_TEST((*ann.view.at("a").definition == rule_called("a")));
  BOOST_TEST(scene.open()->load().findings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_left_alone_and_nobody_waits_for_a_pipe) {
  trouble_scene scene;
  BOOST_REQUIRE(::mkfifo((scene.path / "pipe.yaml").c_str(), 0600) == 0);
  fs::create_directory(scene.path / "folder.yaml");
  fs::create_symlink("/dev/zero", scene.path / "device.yaml");
  auto ann = scene.follow();
  BOOST_TEST(ann.view.size() == 1u);
  BOOST_TEST(ann.rules->take_findings().empty());
  // A rule whose file becomes one is gone.
  fs::remove(scene.path / "a.yaml");
  BOOST_REQUIRE(::mkfifo((scene.path / "a.yaml").c_str(), 0600) == 0);
  BOOST_TEST(story_of(ann.listen()) == "removed a");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_a_finding_and_the_rule_stays) {
  trouble_scene scene;
  auto ann = scene.follow();
  fs::create_symlink("loop.yaml", scene.path / "loop.yaml");
  fs::create_symlink("nothing", scene.path / "beside");
  fs::rename(scene.path / "beside", scene.path / "a.yaml");
  BOOST_TEST(ann.listen().empty());
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(mentions(found[0], "loop.yaml"));
  BOOST_TEST(mentions(found[1], "a.yaml"));
  BOOST_TEST(mentions(found[1], "No such file"));
  BOOST_TEST((*ann.view.at("a").definition == rule_called("a")));
}

BOOST_AUTO_TEST_CASE(a_file_that_may_be_read_again_is) {
  if (::geteuid() == 0) {
    BOOST_TEST_MESSAGE("root may read everything");
    return;
  }
  trouble_scene scene;
  fs::permissions(scene.path / "a.yaml", fs::perms::none);
  auto ann = scene.follow();
  BOOST_TEST(ann.view.empty());
  fs::permissions(scene.path / "a.yaml", fs::perms::owner_read);
  BOOST_TEST(story_of(ann.listen()) == "defined a");
}

BOOST_AUTO_TEST_CASE(a_directory_that_disappears_and_comes_back_is_compared) {
  trouble_scene scene;
  scene.write("b.yaml", rule_called("b"));
  scene.write("c.yaml", rule_called("c"));
  auto ann = scene.follow();
  ann.rules->set_state("b", scene.disabled(), scene.now);
  ann.listen();
  const auto before = ann.view;
  const auto aside = scene.above.path() / "aside";
  fs::rename(scene.path, aside);
  BOOST_TEST(ann.listen().empty());
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].place == scene.path.native());
  BOOST_TEST(found[0].what.code == "RULES_UNAVAILABLE");
  BOOST_CHECK_EXCEPTION(ann.rules->state("b", scene.now), error, has_code("rules_unavailable"));
  BOOST_CHECK_EXCEPTION(ann.rules->set_state("a", scene.disabled(), scene.now), error,
                        has_code("rules_unavailable"));
  BOOST_CHECK_EXCEPTION(ann.rules->expire(scene.now), error, has_code("rules_unavailable"));
  BOOST_CHECK_EXCEPTION(ann.rules->load(), error, has_code("rules_unavailable"));
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(ann.rules->take_findings().empty());
  BOOST_REQUIRE(ann.rules->findings_now().size() == 1u);
  BOOST_TEST(ann.rules->findings_now()[0].what.code == "RULES_UNAVAILABLE");
  BOOST_TEST(story_of(changes_between(before, ann.view, scene.now)) == "");
  // What is edited while it is away is seen when it is back.
  write_and_rename(aside / "c.yaml", rule_called("c", "curl"));
  fs::remove(aside / "a.yaml");
  fs::rename(aside, scene.path);
  BOOST_TEST(story_of(ann.listen()) == "removed a, defined c");
  BOOST_TEST(ann.rules->findings_now().empty());
  BOOST_TEST(story_of(changes_between(ann.view, scene.open()->load().rules, scene.now)) == "");
  scene.write("d.yaml", rule_called("d"));
  BOOST_TEST(story_of(ann.listen()) == "defined d");
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_deleted_and_made_anew_is_compared) {
  trouble_scene scene;
  scene.write("b.yaml", rule_called("b"));
  auto ann = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  ann.listen();
  fs::remove_all(scene.path);
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST(ann.view.size() == 2u);
  fs::create_directory(scene.path);
  scene.write("a.yaml", rule_called("a"));
  scene.write("b.yaml", rule_called("b", "curl"));
  BOOST_TEST(story_of(ann.listen()) == "defined b, state a");
  scene.write("c.yaml", rule_called("c"));
  BOOST_TEST(story_of(ann.listen()) == "defined c");
  BOOST_TEST(story_of(changes_between(ann.view, scene.open()->load().rules, scene.now)) == "");
}

BOOST_AUTO_TEST_CASE(a_directory_that_another_takes_the_place_of_is_compared) {
  trouble_scene scene;
  auto ann = scene.follow();
  const auto next = scene.above.path() / "next";
  fs::create_directory(next);
  write_and_rename(next / "other-name.yaml", rule_called("a"));
  write_and_rename(next / "b.yaml", rule_called("b"));
  fs::rename(scene.path, scene.above.path() / "old");
  fs::rename(next, scene.path);
  BOOST_TEST(story_of(ann.listen()) == "defined b");
  BOOST_TEST(ann.rules->take_findings().empty());
  // Nobody looks at the old one any more.
  write_and_rename(scene.above.path() / "old" / "x.yaml", rule_called("x"));
  BOOST_TEST(ann.listen().empty());
}

BOOST_AUTO_TEST_CASE(a_link_to_a_directory_that_leads_elsewhere_is_followed) {
  trouble_scene scene;
  const auto next = scene.above.path() / "next";
  fs::create_directory(next);
  write_and_rename(next / "b.yaml", rule_called("b"));
  const auto link = scene.above.path() / "current";
  fs::create_directory_symlink(scene.path, link);
  rule_follower ann{open_rule_directory(link, [&] { return scene.now; }, {})};
  fs::remove(link);
  fs::create_directory_symlink(next, link);
  BOOST_TEST(story_of(ann.listen()) == "removed a, defined b");
}

BOOST_AUTO_TEST_CASE(more_events_than_the_kernel_keeps_lose_nothing) {
  std::ifstream limit("/proc/sys/fs/inotify/max_queued_events");
  std::size_t most = 0;
  limit >> most;
  if (most == 0 || most > 100'000) {
    BOOST_TEST_MESSAGE("the kernel keeps " << most << " events");
    return;
  }
  trouble_scene scene;
  scene.write("gone.yaml", rule_called("gone"));
  auto ann = scene.follow();
  // Two names in turn: equal events one after the other are one.
  for (std::size_t i = 0; i < most / 2 + 10; ++i)
    for (const auto* name : {"x", "y"})
      write_in_place(scene.path / name, "");
  scene.write("b.yaml", rule_called("b"));
  scene.write("a.yaml", rule_called("a", "curl"));
  fs::remove(scene.path / "gone.yaml");
  scene.open()->set_state("b", scene.disabled(), scene.now);
  BOOST_TEST(story_of(ann.listen()) == "removed gone, defined a, defined b, state b");
  BOOST_TEST((std::count(scene.log.begin(), scene.log.end(), "rules_rescan") == 1));
  scene.write("c.yaml", rule_called("c"));
  BOOST_TEST(story_of(ann.listen()) == "defined c");
}

BOOST_AUTO_TEST_CASE(states_that_cannot_be_read_are_an_error_and_never_enabled) {
  trouble_scene scene;
  auto ann = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  ann.listen();
  std::ifstream whole(scene.states());
  const std::string text((std::istreambuf_iterator<char>(whole)), {});
  for (const auto& broken :
       {text.substr(0, text.size() / 2), std::string(), std::string("[]"), std::string("{\"version\": 2}")}) {
    write_and_rename(scene.states(), broken);
    BOOST_TEST(ann.listen().empty());
    const auto found = ann.rules->take_findings();
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].place == scene.states().native());
    BOOST_TEST((ann.view.at("a").state == scene.disabled()));
    BOOST_CHECK_EXCEPTION(ann.rules->state("a", scene.now), error, has_code("rule_states_unreadable"));
    BOOST_CHECK_EXCEPTION(ann.rules->set_state("a", {}, scene.now), error,
                          has_code("rule_states_unreadable"));
    BOOST_CHECK_EXCEPTION(scene.open()->load(), error, has_code("rule_states_unreadable"));
    // Definitions go on.
    BOOST_TEST(ann.listen().empty());
    scene.write("b.yaml", rule_called("b", std::to_string(broken.size())));
    BOOST_TEST(story_of(ann.listen()) == "defined b");
    BOOST_TEST(ann.rules->take_findings().empty());
  }
  write_and_rename(scene.states(), text);
  BOOST_TEST(ann.listen().empty());
  BOOST_TEST((ann.rules->state("a", scene.now) == scene.disabled()));
}

BOOST_AUTO_TEST_CASE(states_that_somebody_edits_by_hand_are_heard) {
  trouble_scene scene;
  auto ann = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  ann.listen();
  std::ifstream whole(scene.states());
  std::string text((std::istreambuf_iterator<char>(whole)), {});
  const auto at = text.find("loud");
  BOOST_REQUIRE(at != std::string::npos);
  write_and_rename(scene.states(), text.replace(at, 4, "calm"));
  BOOST_TEST(story_of(ann.listen()) == "state a");
  BOOST_TEST(ann.view.at("a").state.reason == "calm");
  fs::remove(scene.states());
  BOOST_TEST(story_of(ann.listen()) == "state a");
  BOOST_TEST((ann.view.at("a").state == rule_state{}));
  // It begins anew.
  ann.rules->set_state("a", scene.disabled(), scene.now);
  BOOST_TEST(story_of(ann.listen()) == "state a");
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_beside_the_states_is_in_nobodys_way) {
  trouble_scene scene;
  write_in_place(scene.path / ".rule-states.json.tmp", "half");
  auto ann = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  BOOST_TEST(story_of(ann.listen()) == "state a");
  fs::remove(scene.path / ".rule-states.lock");
  ann.rules->set_state("a", {}, scene.now);
  BOOST_TEST(story_of(ann.listen()) == "state a");
}

BOOST_AUTO_TEST_CASE(a_temporary_file_that_cannot_be_made_leaves_the_states_as_they_were) {
  trouble_scene scene;
  auto ann = scene.follow();
  ann.rules->set_state("a", scene.disabled(), scene.now);
  fs::create_directory(scene.path / ".rule-states.json.tmp");
  BOOST_CHECK_EXCEPTION(ann.rules->set_state("a", {}, scene.now), error, has_code("store_unavailable"));
  BOOST_TEST((ann.rules->state("a", scene.now) == scene.disabled()));
  fs::remove(scene.path / ".rule-states.json.tmp");
  ann.rules->set_state("a", {}, scene.now);
  BOOST_TEST((ann.rules->state("a", scene.now) == rule_state{}));
}

BOOST_AUTO_TEST_SUITE_END()
