#include "runtime/config/server_environment.hpp"
#include "runtime/config/server_setting.hpp"
#include "tests/runtime/server_settings_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <string>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(config_server_environment)

BOOST_AUTO_TEST_CASE(a_variable_is_named_after_its_setting) {
  const auto name = [](const char* setting) { return variable_of(*find_server_setting(setting)); };
  BOOST_TEST(name("http.listen") == "SLUICE_HTTP_LISTEN");
  BOOST_TEST(name("http.tls.key") == "SLUICE_HTTP_TLS_KEY");
  BOOST_TEST(name("store.database") == "SLUICE_STORE_DATABASE");
  BOOST_TEST(name("worker.enabled") == "SLUICE_WORKER_ENABLED");
  BOOST_TEST(name("security.admin_token") == "SLUICE_ADMIN_TOKEN");
  BOOST_TEST(name("security.jwt.secret_file") == "SLUICE_JWT_SECRET_FILE");
  BOOST_TEST(name("shutdown_timeout") == "SLUICE_SHUTDOWN_TIMEOUT");
  BOOST_TEST(name("flows") == "");
}

BOOST_AUTO_TEST_CASE(a_variable_goes_before_the_file) {
  const auto loaded =
      load_settings("http: { listen: '127.0.0.1:1' }\nworker: { lanes: [a] }\n",
                    {{"SLUICE_HTTP_LISTEN", "127.0.0.1:2"}, {"SLUICE_WORKER_LANES", "b, test/c"}});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.http.listen == "127.0.0.1:2");
  BOOST_TEST(loaded.settings.worker.lanes.size() == 2u);
  BOOST_TEST(loaded.settings.worker.lanes.back() == "test/c");
  BOOST_TEST(loaded.origins.at("http.listen").variable == "SLUICE_HTTP_LISTEN");
}

BOOST_AUTO_TEST_CASE(an_empty_variable_says_nothing) {
  const auto loaded = load_settings("threads: 2\n", {{"SLUICE_THREADS", ""}});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.threads == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_in_the_file_comes_before_what_is_wrong_in_the_environment) {
  const auto loaded = load_settings("threads: many\nlog: { level: loud }\n", {{"SLUICE_THREADS", "lots"}});
  BOOST_TEST_REQUIRE(loaded.found.size() == 3u);
  BOOST_TEST(loaded.found.front().position.line == 1);
  BOOST_TEST(loaded.found.back().path == "SLUICE_THREADS");
}

BOOST_AUTO_TEST_CASE(booleans_may_be_written_as_unit_files_do) {
  for (const auto* const text : {"true", "1", "yes", "ON"})
    BOOST_TEST(load_settings("", {{"SLUICE_WORKER_ENABLED", text}}).settings.worker.enabled.value(), text);
  for (const auto* const text : {"false", "0", "No", "off"})
    BOOST_TEST(!load_settings("", {{"SLUICE_WORKER_ENABLED", text}}).settings.worker.enabled.value(), text);
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_fit_names_the_variable) {
  const auto loaded =
      load_settings("threads: 2\n", {{"SLUICE_THREADS", "lots"}, {"SLUICE_WORKER_ENABLED", "maybe"}});
  BOOST_TEST(shown(loaded) ==
             "environment: error: SLUICE_WORKER_ENABLED: 'maybe' is not true or false [BAD_VALUE]\n"
             "environment: error: SLUICE_THREADS: 'lots' is not a whole number from 0 to 1024 [BAD_VALUE]\n");
  BOOST_TEST(loaded.settings.threads == 2u);
}

BOOST_AUTO_TEST_CASE(a_variable_that_nobody_knows_is_a_warning_with_the_nearest) {
  const auto loaded =
      load_settings("", {{"SLUICE_HTTP_LISEN", "x"}, {"SLUICE_DB", "x"}, {"PATH", "x"}, {"SLUICES", "x"}});
  BOOST_TEST(shown(loaded) ==
             "environment: warning: SLUICE_HTTP_LISEN: no setting has this variable, so it does "
             "nothing (did you mean 'SLUICE_HTTP_LISTEN'?) [UNKNOWN_OPTION]\n");
}

BOOST_AUTO_TEST_CASE(the_environment_is_read_as_getenv_would) {
  const std::array<const char*, 6> block{"A=1", "B=", "C=x=y", "A=2", "odd", nullptr};
  const auto read = read_environment(block.data());
  BOOST_TEST(read.size() == 3u);
  BOOST_TEST(read.at("A") == "1");
  BOOST_TEST(read.at("B") == "");
  BOOST_TEST(read.at("C") == "x=y");
  BOOST_TEST(read_environment(nullptr).empty());
}

BOOST_AUTO_TEST_CASE(every_secret_is_taken_out_of_the_environment) {
  const auto names = secret_variables();
  for (const auto* const name : {"SLUICE_ADMIN_TOKEN", "SLUICE_READ_TOKEN", "SLUICE_JWT_SECRET"})
    BOOST_TEST((std::find(names.begin(), names.end(), name) != names.end()), name);
  BOOST_TEST(names.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
