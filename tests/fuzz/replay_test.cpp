#include "tests/fuzz/fuzz_targets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace sluice;

namespace {

/// Changed copies of each seed that are fed, too.
constexpr int changes = 50;

const std::filesystem::path& corpus() {
  static const std::filesystem::path folder =
      std::filesystem::path(SLUICE_SOURCE_DIR) / "tests" / "fuzz" / "corpus";
  return folder;
}

std::vector<std::filesystem::path> seeds_of(const std::string& target) {
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(corpus() / target))
    files.push_back(file.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Says which input it was when feeding it fails.
void feed(const fuzz::target& target, const std::string& input, const std::string& origin) {
  try {
    target.run(input);
  } catch (const std::exception& failed) {
    BOOST_ERROR(target.name << " by " << origin << ": " << failed.what());
  }
}

/// Cuts, repeats or overwrites a piece: what a fuzzer does first, and always the same.
std::string changed(std::string text, std::mt19937& luck) {
  const auto below = [&luck](std::size_t limit) { return limit == 0 ? 0 : luck() % limit; };
  const auto at = below(text.size());
  switch (luck() % 4) {
  case 0:
    return text.substr(0, at);
  case 1:
    return text.erase(at, 1 + below(8));
  case 2:
    return text.insert(at, text.substr(below(text.size()), below(32)));
  default:
    if (!text.empty())
      text[at] = static_cast<char>(luck());
    return text;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_strangers_write)

BOOST_AUTO_TEST_CASE(has_seeds_for_every_target_and_no_others) {
  std::set<std::string> named;
  for (const auto& target : fuzz::targets())
    named.insert(target.name);
  std::set<std::string> there;
  for (const auto& folder : std::filesystem::directory_iterator(corpus()))
    there.insert(folder.path().filename().string());
  BOOST_TEST(named == there, boost::test_tools::per_element());
  for (const auto& target : fuzz::targets())
    BOOST_TEST(seeds_of(target.name).size() >= 3U, target.name << " has too few seeds");
}

BOOST_AUTO_TEST_CASE(is_read_or_refused_as_it_is_in_the_corpus) {
  for (const auto& target : fuzz::targets())
    for (const auto& file : seeds_of(target.name))
      feed(target, content_of(file), file.filename().string());
}

BOOST_AUTO_TEST_CASE(is_read_or_refused_with_small_changes) {
  for (const auto& target : fuzz::targets())
    for (const auto& file : seeds_of(target.name)) {
      const auto seed = content_of(file);
      std::mt19937 luck(static_cast<unsigned>(seed.size()));
      for (int i = 0; i < changes; ++i)
        feed(target, changed(seed, luck), file.filename().string() + ", change " + std::to_string(i));
    }
}

BOOST_AUTO_TEST_SUITE_END()
