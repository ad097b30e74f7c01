#include "runtime/cli/cli.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/http/metrics_listener.hpp"
#include "tests/runtime/cli_outcome.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <streambuf>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace sluice;

namespace {

/// A folder of one test's own.
class scratch {
public:
  scratch() {
    char name[] = "/tmp/sluice-cli-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

private:
  std::string path_;
};

/// Takes what fits into its buffer, and none of it further.
class full_disk : public std::streambuf {
public:
  full_disk() { setp(buffer_, buffer_ + sizeof buffer_); }

private:
  int sync() override { return pptr() == pbase() ? 0 : -1; }
  char buffer_[4096];
};

/// Runs a graph whose source has no end: only a signal, which waits until the watcher is there, ends it.
cli_outcome run_and_stop(const std::vector<std::string>& words) {
  const auto endless =
      "version: 1\nname: e\nnodes:\n  a: {type: generate, rate: 1000}\n  b: {type: null}\nedges: [a -> b]\n";
  sigset_t stop;
  sigset_t before;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, &before);
  kill(getpid(), SIGTERM);
  auto done = run_words(words, {.input = endless});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return done;
}

constexpr const char* small_graph =
    "version: 1\nname: small\nnodes:\n  numbers: {type: generate, count: 1000}\n  nothing: {type: "
    "null}\nedges: [numbers -> nothing]\n";

} // namespace

BOOST_AUTO_TEST_SUITE(cli_commands)

BOOST_AUTO_TEST_CASE(validate_prints_findings_and_a_verdict) {
  const auto good = run_words({"validate", "-"}, {.input = small_graph});
  BOOST_TEST(good.status == exit_status::success);
  BOOST_TEST(good.out == "<stdin>: valid: 2 nodes, 1 edge\n");
  BOOST_TEST(good.err == "");
  const auto bad =
      run_words({"validate", "-"},
                {.input = "version: 1\nnodes:\n  a: {type: stdinn}\n  b: {type: null}\nedges: [a -> b]\n"});
  BOOST_TEST(bad.status == exit_status::configuration);
  BOOST_TEST(
      bad.out ==
      "<stdin>:3:13: error: nodes.a.type: unknown node type 'stdinn' (did you mean 'stdin'?) [UNKNOWN_TYPE]\n"
      "<stdin>: 1 error, 0 warnings\n");
  BOOST_TEST(bad.err == "");
}

BOOST_AUTO_TEST_CASE(validate_shows_a_hundred_findings_errors_before_warnings) {
  std::string graph = "version: 1\nnodes:\n";
  for (int i = 0; i < 300; ++i)
    graph += "  lonely" + std::to_string(i) + ": {type: generate, count: 1}\n"; // a warning: no consumer
  graph += "  bad: {type: stdinn}\n";
  const auto bad = run_words({"validate", "-"}, {.input = graph});
  BOOST_TEST(bad.status == exit_status::configuration);
  BOOST_TEST(std::count(bad.out.begin(), bad.out.end(), '\n') == 102);
  BOOST_TEST(bad.out.find("[UNKNOWN_TYPE]") != std::string::npos);
  BOOST_TEST(bad.out.find("<stdin>: 201 more findings;") != std::string::npos,
             bad.out.substr(bad.out.size() - 200));
}

BOOST_AUTO_TEST_CASE(validate_prints_json) {
  const auto bad = run_words({"validate", "-", "--format", "json"},
                             {.input = "version: 1\nnodes:\n  a: {type: stdinn}\n"});
  BOOST_TEST(bad.status == exit_status::configuration);
  const auto parsed = nlohmann::json::parse(bad.out);
  BOOST_TEST(parsed["valid"] == false);
  const auto& finding = parsed["files"][0]["findings"][0];
  BOOST_TEST(finding["file"] == "<stdin>");
  BOOST_TEST(finding["line"] == 3);
  BOOST_TEST(finding["column"] == 13);
  BOOST_TEST(finding["severity"] == "error");
  BOOST_TEST(finding["code"] == "UNKNOWN_TYPE");
  BOOST_TEST(finding["path"] == "nodes.a.type");
}

BOOST_AUTO_TEST_CASE(validate_looks_at_every_file) {
  const scratch folder;
  const auto good = folder.write("good.yaml", small_graph);
  const auto bad = folder.write("bad.yaml", "version: 3\n");
  const auto both = run_words({"validate", good, bad});
  BOOST_TEST(both.status == exit_status::configuration);
  BOOST_TEST(contains(both.out, good + ": valid: 2 nodes, 1 edge\n"));
  BOOST_TEST(contains(both.out, bad + ":1:10: error: version:"));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_configuration_errors) {
  const scratch folder;
  const auto missing = run_words({"run", folder.path("none.yaml")});
  BOOST_TEST(missing.status == exit_status::configuration);
  BOOST_TEST(missing.err == folder.path("none.yaml") + ": error: cannot read '" + folder.path("none.yaml") +
                                "': there is no such file [SYNTAX]\n");
  const auto directory = run_words({"run", folder.path(".")});
  BOOST_TEST(directory.status == exit_status::configuration);
  BOOST_TEST(contains(directory.err, "it is a directory; name a file [SYNTAX]"));
  const auto empty = run_words({"run", folder.write("empty.yaml", "")});
  BOOST_TEST(empty.status == exit_status::configuration);
  BOOST_TEST(contains(empty.err, "the file is empty"));
  if (geteuid() != 0) {
    const auto secret = folder.write("secret.yaml", small_graph);
    chmod(secret.c_str(), 0);
    BOOST_TEST(contains(run_words({"run", secret}).err, "Permission denied [SYNTAX]"));
  }
}

BOOST_AUTO_TEST_CASE(a_file_above_the_limit_is_a_configuration_error) {
  const auto endless = run_words({"validate", "/dev/zero"});
  BOOST_TEST(endless.status == exit_status::configuration);
  BOOST_TEST(contains(endless.out, "is larger than 16 MiB"));
  const auto large = run_words({"validate", "-"}, {.input = std::string((16 << 20) + 1, '#')});
  BOOST_TEST(large.status == exit_status::configuration);
  BOOST_TEST(contains(large.out, "the file is larger than 16 MiB"));
}

BOOST_AUTO_TEST_CASE(an_assignment_that_does_not_fit_is_a_usage_error) {
  const auto wrong = run_words({"run", "-", "--set", "nodes.number.count=3"}, {.input = small_graph});
  BOOST_TEST(wrong.status == exit_status::usage);
  BOOST_TEST(wrong.err ==
             "sluice: --set nodes.number.count=3: there is no 'nodes.number' (did you mean 'numbers'?) "
             "[bad_assignment]\n");
}

BOOST_AUTO_TEST_CASE(the_topology_goes_to_stdout) {
  const auto dot = run_words({"graph", "-"}, {.input = small_graph});
  BOOST_TEST(dot.status == exit_status::success);
  BOOST_TEST(contains(dot.out, "digraph"));
  BOOST_TEST(contains(dot.out, "numbers"));
  const auto mermaid = run_words({"graph", "-", "--format", "mermaid"}, {.input = small_graph});
  BOOST_TEST(contains(mermaid.out, "flowchart"));
  const auto bad = run_words({"graph", "-"}, {.input = "version: 1\n"});
  BOOST_TEST(bad.status == exit_status::configuration);
  BOOST_TEST(bad.out == "");
}

BOOST_AUTO_TEST_CASE(nodes_lists_types_by_category) {
  const auto all = run_words({"nodes"});
  BOOST_TEST(all.status == exit_status::success);
  const auto sources = all.out.find("sources:");
  const auto transforms = all.out.find("transforms:");
  const auto sinks = all.out.find("sinks:");
  BOOST_REQUIRE(sinks != std::string::npos);
  BOOST_TEST(sources < transforms);
  BOOST_TEST(transforms < sinks);
  BOOST_TEST(contains(all.out.substr(sinks), "null, discard"));
}

BOOST_AUTO_TEST_CASE(nodes_explains_every_type_that_it_lists) {
  const auto types = nlohmann::json::parse(run_words({"nodes", "--format", "json"}).out);
  BOOST_TEST(types.size() >= 20u);
  for (const auto& type : types) {
    const auto name = type["name"].get<std::string>();
    const auto one = run_words({"nodes", name});
    BOOST_TEST(one.status == exit_status::success);
    for (const auto& option : type["options"])
      BOOST_TEST(contains(one.out, "  " + option["name"].get<std::string>() + ": "), name);
    BOOST_TEST(contains(one.out, "example:\n  " + name + ": " + type["example"].get<std::string>()));
    BOOST_TEST(!type["summary"].get<std::string>().empty(), name);
  }
}

BOOST_AUTO_TEST_CASE(the_example_of_every_node_type_is_valid_apart_from_its_surroundings) {
  const auto types = nlohmann::json::parse(run_words({"nodes", "--format", "json"}).out);
  for (const auto& type : types) {
    // Of a source and a sink of one name, the sink is meant where something enters.
    const std::string fed = type["category"] == "sink" ? "inputs: {in: it}\n" : "";
    const auto yaml = "version: 1\n" + fed + "nodes:\n  it: " + type["example"].get<std::string>() + "\n";
    const auto result =
        nlohmann::json::parse(run_words({"validate", "-", "--format", "json"}, {.input = yaml}).out);
    for (const auto& finding : result["files"][0]["findings"]) {
      const auto code = finding["code"].get<std::string>();
      BOOST_TEST((code == "MISSING_INPUT" || code == "NO_CONSUMER"), yaml << finding.dump());
    }
  }
}

BOOST_AUTO_TEST_CASE(two_types_of_one_name_are_both_explained) {
  const auto both = run_words({"nodes", "file"});
  BOOST_TEST(contains(both.out, "file (source): "));
  BOOST_TEST(contains(both.out, "file (sink): "));
  BOOST_TEST(nlohmann::json::parse(run_words({"nodes", "file", "--format", "json"}).out).size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_unknown_node_type_gets_a_suggestion) {
  const auto unknown = run_words({"nodes", "jsn_parse"});
  BOOST_TEST(unknown.status == exit_status::usage);
  BOOST_TEST(unknown.out == "");
  BOOST_TEST(unknown.err == "sluice: unknown node type 'jsn_parse' (did you mean 'json_parse'?)\n");
}

BOOST_AUTO_TEST_CASE(completion_knows_the_node_types) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto script = run_words({"completion", shell});
    BOOST_TEST(script.status == exit_status::success);
    BOOST_TEST(contains(script.out, "json_parse"));
  }
}

BOOST_AUTO_TEST_CASE(run_finishes_and_accounts_for_every_message) {
  const auto done =
      run_words({"run", "-", "--summary", "json", "--quiet", "--workers", "2"}, {.input = small_graph});
  BOOST_TEST(done.status == exit_status::success);
  BOOST_TEST(done.err == "");
  const auto summary = nlohmann::json::parse(done.out);
  BOOST_TEST(summary["graph"] == "small");
  BOOST_TEST(summary["outcome"] == "finished");
  BOOST_TEST(summary["nodes"]["numbers"]["out"] == 1000);
  BOOST_TEST(summary["nodes"]["nothing"]["in"] == 1000);
  const auto& edge = summary["edges"]["numbers.out->nothing.in"];
  BOOST_TEST(edge["offered"] == 1000);
  BOOST_TEST(edge["delivered"] == 1000);
  BOOST_TEST(edge["depth"] == 0);
}

BOOST_AUTO_TEST_CASE(run_takes_assignments) {
  const auto done = run_words({"run", "-", "--summary", "json", "--quiet", "--set", "nodes.numbers.count=7"},
                              {.input = small_graph});
  BOOST_TEST(nlohmann::json::parse(done.out)["nodes"]["numbers"]["out"] == 7);
}

BOOST_AUTO_TEST_CASE(a_run_is_silent_unless_somebody_watches) {
  const auto silent = run_words({"run", "-"}, {.input = small_graph});
  BOOST_TEST(silent.status == exit_status::success);
  BOOST_TEST(silent.out == "");
  BOOST_TEST(silent.err == "");
  const auto watched = run_words({"run", "-"}, {.input = small_graph, .terminal = true});
  BOOST_TEST(contains(watched.err, "small: finished in "));
  BOOST_TEST(contains(watched.err, "numbers.out->nothing.in"));
  BOOST_TEST(contains(watched.err, "holds"));
  BOOST_TEST(run_words({"run", "-", "--quiet"}, {.input = small_graph, .terminal = true}).err == "");
  BOOST_TEST(contains(run_words({"run", "-", "--summary", "text"}, {.input = small_graph}).err, "1,000"));
}

BOOST_AUTO_TEST_CASE(run_under_work_stealing_gives_the_same) {
  const auto done =
      run_words({"run", "-", "--summary", "json", "--scheduler", "stealing"}, {.input = small_graph});
  BOOST_TEST(done.status == exit_status::success);
  BOOST_TEST(nlohmann::json::parse(done.out)["nodes"]["nothing"]["in"] == 1000);
}

BOOST_AUTO_TEST_CASE(a_flow_that_fails_exits_with_one) {
  const auto failed = run_words({"run", "-", "--summary", "json"},
                                {.input = "version: 1\nname: f\nnodes:\n  a: {type: file, path: "
                                          "/no/such/file}\n  b: {type: null}\nedges: [a -> b]\n"});
  BOOST_TEST(failed.status == exit_status::failed);
  const auto summary = nlohmann::json::parse(failed.out);
  BOOST_TEST(summary["outcome"] == "failed");
  BOOST_TEST(summary.contains("reason"));
  BOOST_TEST(contains(failed.err, "sluice: the flow failed: " + summary["reason"].get<std::string>() + "\n"));
}

BOOST_AUTO_TEST_CASE(a_first_signal_drains_and_exits_with_zero) {
  const auto done = run_and_stop({"run", "-", "--summary", "json"});
  BOOST_TEST(done.status == exit_status::success);
  BOOST_TEST(nlohmann::json::parse(done.out)["outcome"] == "finished");
  BOOST_TEST(contains(done.err, "a second signal aborts"));
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_listened_on_ends_the_command) {
  const auto bad = run_words({"run", "-", "--listen", "0.0.0.0:0"}, {.input = small_graph});
  BOOST_TEST(bad.status == exit_status::usage);
  BOOST_TEST(contains(bad.err, "[not_loopback]"));
  // The command line is looked at before the graph is.
  const auto both = run_words({"run", "-", "--listen", ":9464"}, {.input = "not a graph"});
  BOOST_TEST(both.status == exit_status::usage);
  BOOST_TEST(!contains(both.err, "<stdin>"));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_a_failure_and_not_a_usage_error) {
  const metrics_listener taken("127.0.0.1:0", [] { return std::string(); });
  const auto late = run_words({"run", "-", "--listen", taken.address()}, {.input = small_graph});
  BOOST_TEST(late.status == exit_status::failed);
  BOOST_TEST(contains(late.err, "[cannot_listen]"));
}

BOOST_AUTO_TEST_CASE(a_summary_that_cannot_be_written_is_a_failure) {
  const auto written_to = [](std::streambuf& target, std::function<bool()> reader_has_gone) {
    std::istringstream in(small_graph);
    std::ostream out(&target);
    std::ostringstream err;
    cli_streams streams{in, out, err};
    streams.reader_has_gone = std::move(reader_has_gone);
    const std::vector<const char*> words{"sluice", "run", "-", "--summary", "json"};
    const int status = run_cli(static_cast<int>(words.size()), words.data(), streams);
    return cli_outcome{status, "", err.str()};
  };
  full_disk disk;
  const auto lost = written_to(disk, [] { return false; });
  BOOST_TEST(lost.status == exit_status::failed);
  BOOST_TEST(contains(lost.err, "cannot write to standard output"));
  const auto unread = written_to(disk, [] { return true; });
  BOOST_TEST(unread.status == exit_status::success);
  BOOST_TEST(unread.err == "");
  std::stringbuf room;
  BOOST_TEST(written_to(room, {}).status == exit_status::success);
}

BOOST_AUTO_TEST_CASE(quiet_is_quiet_about_a_signal_too) {
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"-q"}, std::vector<std::string>{"--log-level", "error"}}) {
    std::vector<std::string> words{"run", "-", "--summary", "json"};
    words.insert(words.end(), how.begin(), how.end());
    BOOST_TEST(run_and_stop(words).err == "");
  }
}

BOOST_AUTO_TEST_CASE(the_demo_explains_itself) {
  const auto demo = run_words({"demo", "--summary", "json", "--quiet"});
  BOOST_TEST(demo.status == exit_status::success);
  BOOST_TEST(nlohmann::json::parse(demo.out)["outcome"] == "finished");
}

BOOST_AUTO_TEST_SUITE_END()
