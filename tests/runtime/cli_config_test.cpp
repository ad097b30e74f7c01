#include "runtime/cli/cli.hpp"
#include "runtime/cli/exit_status.hpp"
#include "tests/runtime/cli_outcome.hpp"
#include "tests/runtime/server_settings_scene.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace sluice;

namespace {

/// A configuration file in a folder of its own.
class config_file {
public:
  explicit config_file(const std::string& text) : path_((folder_.path() / "server.yaml").native()) {
    std::ofstream(path_) << text;
  }
  const std::string& path() const { return path_; }

private:
  scratch_folder folder_;
  std::string path_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(cli_config)

BOOST_AUTO_TEST_CASE(show_prints_a_configuration_that_is_valid) {
  const auto defaults = run_words({"config", "show"});
  BOOST_TEST(defaults.status == exit_status::success);
  BOOST_TEST(defaults.err == "");
  const config_file printed(defaults.out);
  const auto checked = run_words({"config", "validate", printed.path()});
  BOOST_TEST(checked.out == printed.path() + ": valid\n");
  BOOST_TEST(checked.status == exit_status::success);
}

BOOST_AUTO_TEST_CASE(show_as_json_says_value_and_origin) {
  const config_file file("http: { connections: 5, read_timeout: 2s }\nflows: [{ file: a.yaml }]\n");
  const auto shown =
      run_words({"config", "show", "--config", file.path(), "--output", "json"},
                {.variables = {{"SLUICE_ADMIN_TOKEN", admin_token}, {"SLUICE_WORKER_LANES", "a,b"}}});
  BOOST_TEST(shown.status == exit_status::success);
  BOOST_TEST(!contains(shown.out, admin_token));
  const auto all = nlohmann::json::parse(shown.out);
  const auto& settings = all.at("settings");
  BOOST_TEST(all.at("file") == file.path());
  BOOST_TEST(settings.at("http.connections").at("value") == 5);
  BOOST_TEST(settings.at("http.connections").at("from") == file.path() + ":1");
  BOOST_TEST(settings.at("http.connections").at("default") == 1024);
  BOOST_TEST(settings.at("http.read_timeout").at("value") == "2s");
  BOOST_TEST(settings.at("security.admin_token").at("value") == "********");
  BOOST_TEST(settings.at("security.admin_token").at("from") == "SLUICE_ADMIN_TOKEN");
  BOOST_TEST(settings.at("security.read_token").at("value").is_null());
  BOOST_TEST((settings.at("worker.lanes").at("value") == nlohmann::json{"a", "b"}));
  BOOST_TEST(settings.at("flows").at("value").at(0).at("name") == "a");
  BOOST_TEST(settings.at("flows").at("variable").is_null());
  BOOST_TEST(settings.at("store.ephemeral").at("value") == false);
}

BOOST_AUTO_TEST_CASE(show_of_a_configuration_with_errors_prints_these_only) {
  const config_file file("threads: many\n");
  const auto shown = run_words({"config", "show", "--config", file.path()});
  BOOST_TEST(shown.status == exit_status::configuration);
  BOOST_TEST(shown.out == "");
  BOOST_TEST(contains(shown.err, file.path() + ":1:10: error: threads: 'many'"), shown.err);
}

BOOST_AUTO_TEST_CASE(show_warns_about_variables_that_mean_nothing) {
  const auto shown = run_words({"config", "show"}, {.variables = {{"SLUICE_HTTP_LISTENS", "x"}}});
  BOOST_TEST(shown.status == exit_status::success);
  BOOST_TEST(contains(shown.err, "(did you mean 'SLUICE_HTTP_LISTEN'?)"), shown.err);
}

BOOST_AUTO_TEST_CASE(validate_lists_everything_and_ends_with_78) {
  const config_file file("http: { lisen: x }\nthreads: many\n");
  const auto checked = run_words({"config", "validate", file.path()});
  BOOST_TEST(checked.status == exit_status::configuration);
  BOOST_TEST(contains(checked.out, ":1:9: error: http.lisen: unknown option"), checked.out);
  BOOST_TEST(contains(checked.out, ":2:10: error: threads:"), checked.out);
  BOOST_TEST(contains(checked.out, file.path() + ": 2 errors, 0 warnings\n"), checked.out);
}

BOOST_AUTO_TEST_CASE(validate_finds_what_serve_would_refuse) {
  const config_file file("http: { listen: '0.0.0.0:9464' }\n");
  const auto refused = run_words({"config", "validate", file.path()});
  BOOST_TEST(refused.status == exit_status::configuration);
  BOOST_TEST(contains(refused.out, ":1:17: error: http.listen: will not listen on '0.0.0.0:9464'"),
             refused.out);
  const auto open =
      run_words({"config", "validate", file.path()}, {.variables = {{"SLUICE_ADMIN_TOKEN", admin_token}}});
  BOOST_TEST(open.status == exit_status::success);
  BOOST_TEST(contains(open.out, ":1:17: warning: http.listen: tokens travel"), open.out);
  BOOST_TEST(contains(open.out, file.path() + ": valid: 1 warning\n"), open.out);
}

BOOST_AUTO_TEST_CASE(validate_as_json_has_the_findings) {
  const config_file file("threads: many\n");
  const auto checked = run_words({"config", "validate", file.path(), "--output", "json"});
  BOOST_TEST(checked.status == exit_status::configuration);
  const auto all = nlohmann::json::parse(checked.out);
  BOOST_TEST(all.at("valid") == false);
  BOOST_TEST(all.at("findings").at(0).at("path") == "threads");
  BOOST_TEST(all.at("findings").at(0).at("line") == 1);
  BOOST_TEST(all.at("findings").at(0).at("column") == 10);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_a_configuration_error) {
  const auto checked = run_words({"config", "validate", "/nowhere/server.yaml"});
  BOOST_TEST(checked.status == exit_status::configuration);
  BOOST_TEST(contains(checked.out, "there is no such file"), checked.out);
  BOOST_TEST(run_words({"config", "show", "--config", "/nowhere/server.yaml"}).status ==
             exit_status::configuration);
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_are_usage_errors) {
  for (const auto& words : {std::vector<std::string>{"config"},
                            {"config", "validate"},
                            {"config", "print"},
                            {"config", "show", "--output", "toml"},
                            {"config", "show", "file.yaml"}})
    BOOST_TEST(run_words(words).status == exit_status::usage);
}

BOOST_AUTO_TEST_SUITE_END()
