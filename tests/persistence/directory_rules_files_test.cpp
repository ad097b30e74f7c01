// Which files of a directory are rules, and what becomes of them.

#include "tests/support/rule_store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct directory_scene : rule_store_scene<rule_directory_backend> {
  fs::path path(const std::string& name) const { return place.folder.path() / name; }
  void write(const std::string& name, const rule& definition) {
    write_and_rename(path(name), write_rule(definition));
  }
  std::string now_in_force() { return names_of(open()->load().rules); }

  static std::string names_of(const rule_view& view) {
    std::string names;
    for (const auto& [id, entry] : view)
      names += (names.empty() ? "" : " ") + id + "=" + (entry.definition ? entry.definition->pattern : "-");
    return names;
  }
};

/// A follower in a directory that it also keeps the story of.
struct told : rule_follower {
  explicit told(directory_scene& scene) : rule_follower{scene.open()} {}
  std::string story() { return story_of(listen()); }
  std::size_t findings() { return rules->take_findings().size(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(directory_rules_files)

BOOST_AUTO_TEST_CASE(both_endings_are_rules_and_nothing_else_is) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  scene.write("b.yml", rule_called("b"));
  scene.write("c.yaml.off", rule_called("c"));
  write_in_place(scene.path("README.md"), "not a rule");
  write_in_place(scene.path("yaml"), "not a rule");
  BOOST_TEST(scene.now_in_force() == "a=wget b=wget");
  BOOST_TEST(scene.open()->load().findings.empty());
}

BOOST_AUTO_TEST_CASE(what_editors_leave_beside_a_file_is_ignored_without_a_word) {
  directory_scene scene;
  std::vector<std::string> log;
  const auto rules = open_rule_directory(
      scene.place.folder.path(), [&] { return scene.now; },
      [&](log_level, std::string_view event, std::string_view) { log.emplace_back(event); });
  rules->load();
  for (const auto* name : {".a.yaml.swp", ".a.yaml.swx", ".a.yaml", "a.yaml~", "#a.yaml#", ".#a.yaml", "4913",
                           "a.yaml.tmp", "a.yaml.swp", ".goutputstream-X.yaml", "a.yaml.bak"}) {
    write_in_place(scene.path(name), "garbage: [");
    fs::rename(scene.path(name), scene.path(std::string(name) + "2"));
    fs::rename(scene.path(std::string(name) + "2"), scene.path(name));
  }
  BOOST_TEST(rules->changes().empty());
  BOOST_TEST(rules->load().findings.empty());
  for (const auto& entry : fs::directory_iterator(scene.place.folder.path()))
    fs::remove(entry);
  BOOST_TEST(rules->changes().empty());
  BOOST_TEST(rules->take_findings().empty());
  BOOST_TEST(log.empty());
}

BOOST_AUTO_TEST_CASE(a_write_in_place_is_seen_when_it_is_closed_and_not_before) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  told ann(scene);
  const auto text = write_rule(rule_called("a", "curl"));
  std::ofstream out(scene.path("a.yaml"), std::ios::trunc);
  out << text.substr(0, text.size() / 2) << std::flush;
  BOOST_TEST(ann.story() == "");
  std::ofstream fresh(scene.path("b.yaml"));
  fresh << "rule_id: " << std::flush;
  BOOST_TEST(ann.story() == "");
  out << text.substr(text.size() / 2);
  out.close();
  BOOST_TEST(ann.story() == "defined a");
  BOOST_TEST(ann.findings() == 0u);
  BOOST_TEST(ann.view.at("a").definition->pattern == "curl");
}

BOOST_AUTO_TEST_CASE(creation_deletion_and_moves_in_and_out_are_seen) {
  directory_scene scene;
  const scratch_folder elsewhere;
  told ann(scene);
  write_in_place(scene.path("a.yaml"), write_rule(rule_called("a")));
  BOOST_TEST(ann.story() == "defined a");
  fs::rename(scene.path("a.yaml"), elsewhere.path() / "a.yaml");
  BOOST_TEST(ann.story() == "removed a");
  fs::rename(elsewhere.path() / "a.yaml", scene.path("back.yaml"));
  BOOST_TEST(ann.story() == "defined a");
  fs::remove(scene.path("back.yaml"));
  BOOST_TEST(ann.story() == "removed a");
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_CASE(a_rename_is_no_change) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  scene.write("b.yaml", rule_called("b"));
  told ann(scene);
  fs::rename(scene.path("a.yaml"), scene.path("x.yaml"));
  BOOST_TEST(ann.story() == "");
  // Several, one after the other, before anybody looks.
  fs::rename(scene.path("x.yaml"), scene.path("y.yaml"));
  fs::rename(scene.path("y.yaml"), scene.path("z.yml"));
  fs::rename(scene.path("b.yaml"), scene.path("x.yaml"));
  BOOST_TEST(ann.story() == "");
  scene.write("z.yml", rule_called("a", "curl"));
  BOOST_TEST(ann.story() == "defined a");
  fs::remove(scene.path("z.yml"));
  BOOST_TEST(ann.story() == "removed a");
  BOOST_TEST(ann.findings() == 0u);
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(a_rename_onto_another_rule_retires_that_one_alone) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  scene.write("b.yaml", rule_called("b"));
  told ann(scene);
  fs::rename(scene.path("a.yaml"), scene.path("b.yaml"));
  BOOST_TEST(ann.story() == "removed b");
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(a_malformed_file_that_is_renamed_onto_a_rule_leaves_it_in_force) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  told ann(scene);
  write_in_place(scene.path("new.yaml"), "rule_id: [");
  BOOST_TEST(ann.story() == "");
  fs::rename(scene.path("new.yaml"), scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "");
  BOOST_TEST(directory_scene::names_of(ann.view) == "a=wget");
  BOOST_TEST(ann.rules->load().findings.size() >= 1u);
  fs::remove(scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "removed a");
}

BOOST_AUTO_TEST_CASE(files_that_change_places_are_no_change) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  scene.write("b.yaml", rule_called("b"));
  told ann(scene);
  const auto a = scene.path("a.yaml");
  const auto b = scene.path("b.yaml");
  BOOST_REQUIRE(::renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0);
  BOOST_TEST(ann.story() == "");
  fs::remove(a);
  BOOST_TEST(ann.story() == "removed b");
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(a_rename_to_a_name_that_is_no_rule_takes_it_away_and_back) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  told ann(scene);
  fs::rename(scene.path("a.yaml"), scene.path("a.yaml.off"));
  BOOST_TEST(ann.story() == "removed a");
  fs::rename(scene.path("a.yaml.off"), scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "defined a");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_deleted_and_written_anew_is_one_edit) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  told ann(scene);
  fs::remove(scene.path("a.yaml"));
  write_in_place(scene.path("a.yaml"), write_rule(rule_called("a", "curl")));
  BOOST_TEST(ann.story() == "defined a");
}

BOOST_AUTO_TEST_CASE(an_editor_that_moves_the_old_file_aside_does_not_take_the_rule_away) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("a"));
  told ann(scene);
  fs::rename(scene.path("a.yaml"), scene.path("a.yaml~"));
  BOOST_TEST(ann.story() == "");
  write_in_place(scene.path("a.yaml"), write_rule(rule_called("a", "curl")));
  BOOST_TEST(ann.story() == "defined a");
  fs::remove(scene.path("a.yaml~"));
  scene.now += 10s;
  BOOST_TEST(ann.story() == "");
  // One that does not write it anew has taken it away.
  fs::rename(scene.path("a.yaml"), scene.path("a.yaml~"));
  BOOST_TEST(ann.story() == "");
  scene.now += 1s;
  BOOST_TEST(ann.story() == "removed a");
}

BOOST_AUTO_TEST_CASE(another_id_inside_a_file_retires_the_old_one) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("old"));
  told ann(scene);
  scene.write("a.yaml", rule_called("new"));
  BOOST_TEST(ann.story() == "removed old, defined new");
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(of_two_files_with_one_id_the_first_keeps_force_and_the_second_waits) {
  directory_scene scene;
  scene.write("b.yaml", rule_called("r", "first"));
  told ann(scene);
  scene.write("a.yaml", rule_called("r", "second"));
  BOOST_TEST(ann.story() == "");
  const auto found = ann.rules->take_findings();
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].what.code == "DUPLICATE_RULE");
  BOOST_TEST(found[0].place == scene.path("a.yaml").native());
  BOOST_TEST(found[0].what.text.find("b.yaml") != std::string::npos);
  BOOST_TEST(found[0].what.text.find("'r'") != std::string::npos);
  // An edit of the second changes nothing, nor is it told again.
  scene.write("a.yaml", rule_called("r", "other"));
  BOOST_TEST(ann.story() == "");
  BOOST_TEST(ann.findings() == 0u);
  scene.write("b.yaml", rule_called("r", "edited"));
  BOOST_TEST(ann.story() == "defined r");
  BOOST_TEST(ann.rules->load().findings.size() == 1u);
  fs::remove(scene.path("b.yaml"));
  BOOST_TEST(ann.story() == "defined r");
  BOOST_TEST(ann.view.at("r").definition->pattern == "other");
  BOOST_TEST(ann.rules->load().findings.empty());
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(of_two_files_with_one_id_at_the_load_the_first_by_name_has_force) {
  directory_scene scene;
  scene.write("b.yaml", rule_called("r", "b"));
  scene.write("a.yaml", rule_called("r", "a"));
  const auto rules = scene.open();
  const auto found = rules->load();
  BOOST_TEST(directory_scene::names_of(found.rules) == "r=a");
  BOOST_REQUIRE(found.findings.size() == 1u);
  BOOST_TEST(found.findings[0].place == scene.path("b.yaml").native());
  BOOST_TEST(rules->take_findings().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_copy_that_replaces_the_original_is_no_change) {
  directory_scene scene;
  scene.write("a.yaml", rule_called("r"));
  told ann(scene);
  fs::copy_file(scene.path("a.yaml"), scene.path("copy.yaml"));
  fs::remove(scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "");
  BOOST_TEST(ann.findings() == 0u);
  BOOST_TEST(scene.difference(ann.view) == "");
}

BOOST_AUTO_TEST_CASE(links_are_read_when_they_are_made) {
  directory_scene scene;
  const scratch_folder elsewhere;
  write_in_place(elsewhere.path() / "target", write_rule(rule_called("linked")));
  write_in_place(scene.path("b.txt"), write_rule(rule_called("hard")));
  told ann(scene);
  fs::create_symlink(elsewhere.path() / "target", scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "defined linked");
  fs::create_hard_link(scene.path("b.txt"), scene.path("b.yaml"));
  BOOST_TEST(ann.story() == "defined hard");
  fs::remove(scene.path("a.yaml"));
  BOOST_TEST(ann.story() == "removed linked");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_made_without_a_close_is_read_after_a_while) {
  directory_scene scene;
  told ann(scene);
  const auto text = write_rule(rule_called("a"));
  std::ofstream slow(scene.path("a.yaml"));
  slow << text.substr(0, 10) << std::flush;
  BOOST_TEST(ann.story() == "");
  slow << text.substr(10, 10) << std::flush;
  scene.now += 1s;
  // It has grown meanwhile: whoever writes it may go on.
  BOOST_TEST(ann.story() == "");
  BOOST_TEST(ann.findings() == 0u);
  slow << text.substr(20) << std::flush;
  scene.now += 1s;
  BOOST_TEST(ann.story() == "");
  scene.now += 1s;
  BOOST_TEST(ann.story() == "defined a");
}

BOOST_AUTO_TEST_CASE(a_mounted_volume_whose_links_are_swapped_is_read_anew) {
  directory_scene scene;
  const auto make = [&](const std::string& version, const std::string& pattern) {
    fs::create_directory(scene.path(version));
    for (const auto* id : {"a", "b"})
      write_in_place(scene.path(version) / (std::string(id) + ".yaml"), write_rule(rule_called(id, pattern)));
  };
  make("..1", "one");
  fs::create_symlink("..1", scene.path("..data"));
  for (const auto* name : {"a.yaml", "b.yaml"})
    fs::create_symlink(fs::path("..data") / name, scene.path(name));
  told ann(scene);
  BOOST_TEST(directory_scene::names_of(ann.view) == "a=one b=one");
  make("..2", "two");
  fs::create_symlink("..2", scene.path("..data_tmp"));
  fs::rename(scene.path("..data_tmp"), scene.path("..data"));
  fs::remove_all(scene.path("..1"));
  BOOST_TEST(ann.story() == "defined a, defined b");
  BOOST_TEST(directory_scene::names_of(ann.view) == "a=two b=two");
  BOOST_TEST(ann.findings() == 0u);
}

BOOST_AUTO_TEST_CASE(a_thousand_files_that_are_moved_out_at_once_are_gone) {
  directory_scene scene;
  const scratch_folder elsewhere;
  for (int i = 0; i < 1000; ++i)
    write_in_place(scene.path(std::to_string(i) + ".yaml"),
                   write_rule(rule_called("r" + std::to_string(i), "x")));
  told ann(scene);
  BOOST_TEST(ann.view.size() == 1000u);
  for (int i = 0; i < 1000; ++i)
    fs::rename(scene.path(std::to_string(i) + ".yaml"), elsewhere.path() / std::to_string(i));
  BOOST_TEST(ann.listen().size() == 1000u);
  BOOST_TEST(ann.view.empty());
}

BOOST_AUTO_TEST_SUITE_END()
