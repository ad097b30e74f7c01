// Files of rules as a folder of them sees them: how many are read at a time, and what becomes of those for
// which there is no room.

#include "persistence/rules/rule_folder.hpp"
#include "tests/support/database_rules_scene.hpp"
#include "tests/support/rule_files.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

using namespace sluice;

namespace {

/// A directory of which at most three files are looked at, and how many texts were read at each time.
struct folder_scene {
  ~folder_scene() { ::close(directory); }

  void write(const std::string& name, const rule& definition) const {
    write_and_rename(place.path() / name, definition);
  }
  void write_many(const std::string& names) const {
    for (const char name : names)
      write(std::string(1, name) + ".yaml", rule_called(std::string(1, name)));
  }
  std::string settle() { return story_of(folder.settle({})); }
  std::vector<rule_finding> wrong() { return folder.findings_now(); }

  scratch_folder place;
  int directory = ::open(place.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::vector<std::size_t> batches;
  rule_folder folder{place.path(),
                     [this](std::span<const std::string_view> texts) {
                       batches.push_back(texts.size());
                       return read_rules_in_turn(texts);
                     },
                     3};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rule_folders, folder_scene)

BOOST_AUTO_TEST_CASE(what_has_changed_is_read_together_and_what_has_not_is_not_read_again) {
  write_many("abc");
  folder.scan(directory);
  BOOST_TEST(settle() == "defined a, defined b, defined c");
  BOOST_TEST(batches == std::vector<std::size_t>{3}, boost::test_tools::per_element());
  write("b.yaml", rule_called("b", "curl"));
  batches.clear();
  folder.scan(directory);
  BOOST_TEST(settle() == "defined b");
  BOOST_TEST(batches == std::vector<std::size_t>{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_beyond_the_limit_are_one_finding_that_says_how_many) {
  write_many("edcba");
  folder.scan(directory);
  BOOST_TEST(settle() == "defined a, defined b, defined c");
  BOOST_REQUIRE(wrong().size() == 1u);
  BOOST_TEST(wrong()[0].place == place.path().native());
  BOOST_TEST(wrong()[0].what.code == "TOO_LARGE");
  BOOST_TEST(wrong()[0].what.is_error());
  BOOST_TEST(wrong()[0].what.text.find("2 of its files are left out, among them 'd.yaml': at most 3") == 0u);
  BOOST_TEST(folder.take_findings().size() == 1u);
  // It is told once, however often it is looked at.
  folder.scan(directory);
  write_many("f");
  folder.read(directory, "f.yaml");
  BOOST_TEST(folder.take_findings().empty());
  BOOST_TEST(wrong()[0].what.text.find("3 of its files") == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_left_out_is_read_when_there_is_room) {
  write_many("abcde");
  folder.scan(directory);
  settle();
  std::filesystem::remove(place.path() / "b.yaml");
  folder.drop("b.yaml");
  folder.read_left_out(directory);
  BOOST_TEST(settle() == "removed b, defined d");
  BOOST_TEST(wrong()[0].what.text.find("1 of its files are left out, among them 'e.yaml'") == 0u);
  std::filesystem::remove(place.path() / "e.yaml");
  folder.drop("e.yaml");
  BOOST_TEST(wrong().empty());
  // When there are too many again, that is told again.
  folder.take_findings();
  write_many("f");
  folder.read(directory, "f.yaml");
  BOOST_TEST(folder.take_findings().size() == 1u);
}

BOOST_AUTO_TEST_CASE(files_that_are_gone_make_room_for_new_ones_in_the_same_scan) {
  write_many("abc");
  folder.scan(directory);
  settle();
  for (const auto* name : {"a.yaml", "b.yaml", "c.yaml"})
    std::filesystem::remove(place.path() / name);
  write_many("xyz");
  folder.scan(directory);
  BOOST_TEST(settle() == "removed a, removed b, removed c, defined x, defined y, defined z");
  BOOST_TEST(wrong().empty());
}

BOOST_AUTO_TEST_CASE(texts_can_be_put_in_without_files) {
  folder.put({{"one.yaml", write_rule(rule_called("same"))},
              {"two.yaml", write_rule(rule_called("same", "curl"))},
              {"bad.yaml", "rule_id: ["},
              {"more.yaml", write_rule(rule_called("more"))}});
  BOOST_TEST(settle() == "defined same");
  BOOST_TEST(
      (folder.ids() == std::map<std::string, std::string>{{"one.yaml", "same"}, {"two.yaml", "same"}}));
  std::string codes;
  for (const auto& each : wrong())
    codes += each.what.code + " ";
  BOOST_TEST(codes == "TOO_LARGE SYNTAX DUPLICATE_RULE ");
}

BOOST_AUTO_TEST_SUITE_END()
