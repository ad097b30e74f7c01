#include "runtime/config/text_file.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <set>
#include <string>

using namespace sluice;

namespace {

/// Returns the text of a file of this project.
std::string project_file(const std::string& name) {
  return read_text_file(SLUICE_SOURCE_DIR "/" + name);
}

/// Returns what the first group of `pattern` matches, anywhere in `text`.
std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it)
    found.insert((*it)[1].str());
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_documentation)

BOOST_AUTO_TEST_CASE(every_finding_code_is_documented_and_no_other) {
  const auto declared =
      all_matches(project_file("model/config/finding.hpp"), "const char\\* [a-z_]+ = \"([A-Z_]+)\"");
  const auto documented = all_matches(project_file("docs/findings.md"), "\n## ([A-Z_]+)");
  BOOST_TEST(declared.size() >= 15u);
  BOOST_TEST(declared == documented, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_finding_code_has_an_example_and_a_remedy) {
  const auto page = project_file("docs/findings.md");
  for (auto at = page.find("\n## "); at != std::string::npos;) {
    const auto next = page.find("\n## ", at + 1);
    const auto section = page.substr(at, next - at);
    BOOST_TEST(section.find("\nExample: ") != std::string::npos, section);
    BOOST_TEST(section.find("\nRemedy: ") != std::string::npos, section);
    at = next;
  }
}

BOOST_AUTO_TEST_SUITE_END()
