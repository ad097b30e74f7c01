#include "metrics/catalogue.hpp"
#include "metrics/exposition.hpp"
#include "metrics/flow_exposition.hpp"
#include "metrics/process_metrics.hpp"
#include "model/base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace sluice {

namespace {

/// A row of a table of docs/metrics.md.
struct documented {
  std::string kind;
  std::string labels;
  std::string unit;
  std::string meaning;
};

std::string trim(std::string text) {
  const auto unwanted = [](char c) { return c == ' ' || c == '`'; };
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), unwanted));
  text.erase(std::find_if_not(text.rbegin(), text.rend(), unwanted).base(), text.end());
  return text;
}

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> out;
  std::istringstream in(row.substr(1));
  for (std::string cell; std::getline(in, cell, '|');)
    out.push_back(trim(cell));
  return out;
}

/// Reads the rows that start with a name in code quotes.
std::multimap<std::string, documented> read_documentation() {
  std::ifstream file(SLUICE_SOURCE_DIR "/docs/metrics.md");
  BOOST_REQUIRE_MESSAGE(file.is_open(), "docs/metrics.md is missing");
  std::multimap<std::string, documented> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, 3, "| `") != 0)
      continue;
    const auto parts = cells(line);
    BOOST_REQUIRE_MESSAGE(parts.size() == 6, "a row needs six cells: " << line);
    BOOST_TEST(!parts[5].empty(), "what to look at is missing: " << line);
    rows.emplace(parts[0], documented{parts[1], parts[2], parts[3], parts[4]});
  }
  return rows;
}

std::string join(std::span<const std::string_view> labels) {
  std::string text;
  for (const auto label : labels)
    text += (text.empty() ? "" : ", ") + std::string(label);
  return text.empty() ? "–" : text;
}

/// The families that a server adds, as tests/server/server_metrics_test.cpp knows them to be.
std::string server_part() {
  exposition out;
  for (const auto& about : catalogue())
    if (about.id >= metric::server_ready)
      about.labels.empty() ? out.add(about.id, {}, 1.0) : out.add(about.id, {"any"}, 1.0);
  return out.take_text();
}

/// One scrape in which every family has a value.
std::string full_scrape() {
  flow_snapshot flow;
  flow.name = "demo";
  flow.edges.emplace_back().id = "a.out->b.in";
  flow.nodes.emplace_back().id = "a";
  process_sample sample;
  for (auto* value :
       {&sample.cpu_seconds, &sample.resident_bytes, &sample.virtual_bytes, &sample.open_descriptors,
        &sample.most_descriptors, &sample.start_time, &sample.threads})
    *value = 1;
  return render_build("0.1.0") + render_process(sample) + render_flows({flow}) + server_part();
}

boost::test_tools::assertion_result promtool_is_installed(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result found(std::system("command -v promtool >/dev/null 2>&1") == 0);
  found.message() << "promtool is not installed (apt-get install prometheus)";
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(catalogue_test)

BOOST_AUTO_TEST_CASE(names_are_unique_and_follow_the_conventions) {
  std::set<std::string_view> names;
  for (const auto& about : catalogue()) {
    BOOST_TEST(names.insert(about.name).second, about.name << " is declared twice");
    const bool ours = about.name.starts_with("sluice_") || about.name.starts_with("process_");
    BOOST_TEST(ours, about.name << " has no known prefix");
    BOOST_TEST(about.name.ends_with("_total") == (about.kind == metric_kind::counter), about.name);
    if (about.unit == "seconds" || about.unit == "bytes")
      BOOST_TEST((about.name.find(about.unit) != std::string_view::npos),
                 about.name << " does not name its unit");
    BOOST_TEST(about.help.ends_with('.'), about.name << ": the help is no sentence");
  }
}

BOOST_AUTO_TEST_CASE(a_description_is_found_by_its_id) {
  for (const auto& about : catalogue())
    BOOST_TEST(&describe(about.id) == &about);
  BOOST_TEST(describe(metric::edge_depth).name == "sluice_edge_depth");
}

BOOST_AUTO_TEST_CASE(every_metric_of_the_catalogue_is_documented_as_it_is) {
  const auto documentation = read_documentation();
  for (const auto& about : catalogue()) {
    const std::string name(about.name);
    BOOST_TEST(documentation.count(name) == 1u, name << " must be in docs/metrics.md once");
    const auto row = documentation.find(name);
    if (row == documentation.end())
      continue;
    BOOST_TEST(row->second.kind == to_string(about.kind), name);
    BOOST_TEST(row->second.labels == join(about.labels), name);
    BOOST_TEST(row->second.unit == (about.unit.empty() ? "–" : about.unit), name);
    BOOST_TEST(row->second.meaning == about.help, name);
  }
}

BOOST_AUTO_TEST_CASE(every_documented_metric_is_in_the_catalogue) {
  std::set<std::string> known;
  for (const auto& about : catalogue())
    known.insert(std::string(about.name));
  for (const auto& [name, row] : read_documentation())
    BOOST_TEST(known.count(name) == 1u, name << " is documented but does not exist");
}

BOOST_AUTO_TEST_CASE(a_scrape_declares_every_metric_of_the_catalogue_with_its_kind_and_help) {
  const auto text = full_scrape();
  for (const auto& about : catalogue()) {
    const std::string name(about.name);
    const auto type = "# TYPE " + name + " " + std::string(to_string(about.kind)) + "\n";
    const auto help = "# HELP " + name + " " + std::string(about.help) + "\n";
    BOOST_TEST((text.find(type) != std::string::npos), name << " is not exported");
    BOOST_TEST((text.find(help) != std::string::npos), name << " has another help");
  }
}

BOOST_AUTO_TEST_CASE(a_value_with_the_wrong_number_of_labels_is_our_own_error) {
  exposition out;
  BOOST_CHECK_THROW(out.add(metric::edge_depth, {"flow"}, 1.0), internal_error);
  BOOST_CHECK_THROW(out.add(metric::node_handler, {"flow", "node"}, 1.0), internal_error);
  BOOST_CHECK_THROW(out.add(metric::edge_depth, {"flow", "edge"}, latency_histogram{}), internal_error);
  BOOST_TEST(out.take_text().empty());
}

BOOST_AUTO_TEST_CASE(promtool_has_nothing_to_say, *boost::unit_test::precondition(promtool_is_installed)) {
  std::string path = "/tmp/sluice-scrape-XXXXXX";
  const int file = ::mkstemp(path.data());
  BOOST_REQUIRE(file >= 0);
  ::close(file);
  std::ofstream(path) << full_scrape();

  std::FILE* const promtool = ::popen(("promtool check metrics < " + path + " 2>&1").c_str(), "r");
  BOOST_REQUIRE(promtool != nullptr);
  std::string said;
  for (int c = std::fgetc(promtool); c != EOF; c = std::fgetc(promtool))
    said += static_cast<char>(c);
  const int status = ::pclose(promtool);
  std::remove(path.c_str());
  BOOST_TEST(status == 0);
  BOOST_TEST(said == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace sluice
