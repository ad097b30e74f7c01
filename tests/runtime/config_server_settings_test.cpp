#include "runtime/config/server_setting.hpp"
#include "tests/runtime/server_settings_scene.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Returns the one finding that `text` leads to, as a line.
std::string complaint(const std::string& text) {
  const auto loaded = load_settings(text);
  BOOST_TEST(loaded.found.size() == 1u, shown(loaded));
  return shown(loaded);
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_server_settings)

BOOST_AUTO_TEST_CASE(without_a_file_everything_has_its_default) {
  const auto loaded = load_server_settings(server_settings_input{});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.origins.empty());
  const server_settings defaults;
  for (const auto& setting : server_setting_table())
    BOOST_TEST(same_value(setting, loaded.settings, defaults), setting.name);
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_as_none) {
  for (const auto* const text : {"", "\n", "# nothing\n", "\n  # nothing\n\n#", "version: 1\n", "http:\n"})
    BOOST_TEST(shown(load_settings(text)) == "", text);
}

BOOST_AUTO_TEST_CASE(every_section_is_read) {
  const auto loaded = load_settings("version: 1\n"
                                    "http:\n"
                                    "  listen: '[::1]:8080'\n"
                                    "  connections: 10\n"
                                    "  header_bytes: 8KiB\n"
                                    "  body_bytes: 1MiB\n"
                                    "  read_timeout: 5s\n"
                                    "  write_timeout: 1m30s\n"
                                    "  stream_bytes: 64KiB\n"
                                    "  tls: { certificate: a.pem, key: b.pem }\n"
                                    "security:\n"
                                    "  jwt:\n"
                                    "    jwks_file: keys.json\n"
                                    "    issuer: https://id.example.org\n"
                                    "    audience: sluice\n"
                                    "    role_claim: scope\n"
                                    "    admin_value: write\n"
                                    "    read_value: look\n"
                                    "  hosts: [sluice.example.org, 'sluice:8443']\n"
                                    "store: { database: /var/lib/sluice/runs.db }\n"
                                    "worker:\n"
                                    "  enabled: true\n"
                                    "  lanes: [default, test/slow]\n"
                                    "  parallel_runs: 3\n"
                                    "  parallel_steps: 2\n"
                                    "  max_ticks: 100\n"
                                    "  max_ticks_per_run: 5\n"
                                    "  lease_ttl: 2s\n"
                                    "  step_grace: 0\n"
                                    "flows:\n"
                                    "  - { name: clean, file: flows/a.yaml }\n"
                                    "  - file: flows/count.yaml\n"
                                    "log: { level: debug, format: json }\n"
                                    "threads: 4\n"
                                    "shutdown_timeout: 10s\n");
  BOOST_TEST(shown(loaded) == "");
  const auto& read = loaded.settings;
  BOOST_TEST(read.http.listen == "[::1]:8080");
  BOOST_TEST(read.http.connections == 10u);
  BOOST_TEST(read.http.header_bytes == 8u * 1024);
  BOOST_TEST(read.http.body_bytes == 1024u * 1024);
  BOOST_TEST((read.http.read_timeout == 5s && read.http.write_timeout == 90s));
  BOOST_TEST(read.http.stream_bytes == 64u * 1024);
  BOOST_TEST(read.http.tls.certificate == "a.pem");
  BOOST_TEST(read.http.tls.key == "b.pem");
  BOOST_TEST(read.security.jwt.jwks_file == "keys.json");
  BOOST_TEST(read.security.jwt.issuer == "https://id.example.org");
  BOOST_TEST(read.security.jwt.audience == "sluice");
  BOOST_TEST(read.security.jwt.role_claim == "scope");
  BOOST_TEST(read.security.jwt.admin_value == "write");
  BOOST_TEST(read.security.jwt.read_value == "look");
  BOOST_TEST(read.security.hosts.size() == 2u);
  BOOST_TEST(read.store.database == "/var/lib/sluice/runs.db");
  BOOST_TEST(read.worker.enabled.value());
  BOOST_TEST(read.worker.lanes.back() == "test/slow");
  BOOST_TEST(read.worker.parallel_runs == 3u);
  BOOST_TEST(read.worker.parallel_steps == 2u);
  BOOST_TEST(read.worker.caps.ticks.value() == 100u);
  BOOST_TEST(read.worker.caps.ticks_per_run.value() == 5u);
  BOOST_TEST((read.worker.lease_ttl == 2s && read.worker.step_grace == 0ms));
  BOOST_TEST(read.flows.at(0).name == "clean");
  BOOST_TEST(read.flows.at(1).name == "count");
  BOOST_TEST(read.flows.at(1).file == "flows/count.yaml");
  BOOST_TEST(read.log.level == "debug");
  BOOST_TEST(read.log.format == "json");
  BOOST_TEST(read.threads == 4u);
  BOOST_TEST((read.shutdown_timeout == 10s));
}

BOOST_AUTO_TEST_CASE(all_findings_come_at_once_with_place_path_and_nearest_name) {
  const auto loaded = load_settings("http:\n"
                                    "  lisen: 127.0.0.1:1\n"
                                    "  connections: many\n"
                                    "worker: [1]\n"
                                    "stor: {}\n"
                                    "log: { level: verbose }\n");
  BOOST_TEST(shown(loaded) ==
             "server.yaml:2:3: error: http.lisen: unknown option 'lisen' (did you mean 'listen'?) "
             "[UNKNOWN_OPTION]\n"
             "server.yaml:3:16: error: http.connections: 'many' is not a whole number from 1 to 100000 "
             "[BAD_VALUE]\n"
             "server.yaml:4:9: error: worker: expected a map, found a list [BAD_VALUE]\n"
             "server.yaml:5:1: error: stor: unknown option 'stor' (did you mean 'store'?) [UNKNOWN_OPTION]\n"
             "server.yaml:6:15: error: log.level: 'verbose' is not one of debug, info, warning, error "
             "[BAD_VALUE]\n");
}

BOOST_AUTO_TEST_CASE(what_was_wrong_keeps_its_default) {
  const auto loaded = load_settings("http: { connections: 0, body_bytes: 8KiB }\n");
  BOOST_TEST(loaded.settings.http.connections == server_settings{}.http.connections);
  BOOST_TEST(loaded.settings.http.body_bytes == 8u * 1024);
}

BOOST_AUTO_TEST_CASE(numbers_have_bounds) {
  for (const auto* const text :
       {"http: { connections: 0 }", "http: { connections: 100001 }", "http: { header_bytes: 1 }",
        "http: { body_bytes: 1TiB }", "http: { read_timeout: 99ms }", "http: { read_timeout: 2h }",
        "http: { read_timeout: 100.5ms }", "http: { read_timeout: -1s }", "worker: { lease_ttl: 100ms }",
        "worker: { parallel_runs: 0 }", "worker: { max_ticks: 0 }", "threads: 1025", "threads: -1",
        "shutdown_timeout: 0"})
    BOOST_TEST(contains(complaint(text), "is not a "), text);
}

BOOST_AUTO_TEST_CASE(values_of_the_wrong_kind_are_named) {
  for (const auto* const text :
       {"http: { listen: [a] }", "http: { listen: { a: b } }", "store: { ephemeral: yes }",
        "worker: { enabled: 1 }", "worker: { lanes: { a: b } }", "worker: { lanes: [[a]] }", "flows: clean",
        "flows: [clean.yaml]", "flows: [{ name: a }]", "http: text"})
    BOOST_TEST(contains(complaint(text), "[BAD_VALUE]"), text);
}

BOOST_AUTO_TEST_CASE(what_is_no_map_at_all_is_a_finding) {
  BOOST_TEST(contains(complaint("- a\n"), "expected a map of settings, found a list"));
  BOOST_TEST(contains(complaint("http: [\n"), "[SYNTAX]"));
  BOOST_TEST(contains(complaint("http: {}\nhttp: {}\n"), "[SYNTAX]"));
  BOOST_TEST(contains(complaint("version: 2\n"), "this program reads version 1"));
}

BOOST_AUTO_TEST_CASE(null_leaves_the_default) {
  const auto loaded =
      load_settings("http: { listen: null }\nworker: { enabled: ~, max_ticks: null }\nflows: null\n");
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(!loaded.settings.worker.enabled);
  BOOST_TEST(loaded.origins.empty());
}

BOOST_AUTO_TEST_CASE(variables_stand_in_for_parts_of_values) {
  const environment_map variables{{"STATE", "/srv"}};
  const auto loaded = load_settings(
      "store: { database: '${STATE}/runs.db' }\nlog: { level: '${LEVEL:-error}' }\n", variables);
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.store.database == "/srv/runs.db");
  BOOST_TEST(loaded.settings.log.level == "error");
  BOOST_TEST(contains(complaint("store: { database: '${NOWHERE}' }\n"), "'NOWHERE' is not set"));
}

BOOST_AUTO_TEST_CASE(settings_that_contradict_each_other_are_findings) {
  BOOST_TEST(contains(complaint("http: { tls: { certificate: a.pem } }\n"), "TLS needs both files"));
  BOOST_TEST(contains(complaint("http: { tls: { key: a.pem } }\n"), "server.yaml:1:21: error: http.tls.key"));
  BOOST_TEST(contains(complaint("worker: { enabled: true, lanes: [] }\n"), "needs a lane"));
  BOOST_TEST(contains(complaint("worker: { lanes: [a, default/a] }\n"), "'default/a' is there twice"));
  BOOST_TEST(contains(complaint("worker: { lanes: ['a b'] }\n"), "'a b' is no lane"));
  BOOST_TEST(
      contains(complaint("flows: [{ name: a, file: x }, { name: a, file: y }]\n"), "'a' is there twice"));
  BOOST_TEST(contains(complaint("flows: [{ file: 2nd.yaml }]\n"), "'2nd' is no name for a flow"));
  BOOST_TEST(contains(complaint("security: { hosts: ['http://x'] }\n"), "'http://x' is no host name"));
  BOOST_TEST(contains(complaint("store: { database: '' }\n"), "needs a file"));
}

BOOST_AUTO_TEST_CASE(rules_are_those_of_the_database_unless_a_directory_is_named) {
  BOOST_TEST(load_settings("").settings.rules.directory.empty());
  const auto loaded = load_settings("rules: { directory: /etc/sluice/rules, sync: true }\n");
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.rules.directory.native() == "/etc/sluice/rules");
  BOOST_TEST(loaded.settings.rules.sync);
  BOOST_TEST(load_settings("", {{"SLUICE_RULES_DIRECTORY", "/r"}}).settings.rules.directory.native() == "/r");
}

BOOST_AUTO_TEST_CASE(a_sync_of_rules_needs_a_directory) {
  const auto said = complaint("rules:\n  sync: true\n");
  BOOST_TEST(contains(said, "server.yaml:2"), said);
  BOOST_TEST(contains(said, "rules.directory"), said);
}

BOOST_AUTO_TEST_CASE(settings_that_do_nothing_are_warnings) {
  for (const auto* const text :
       {"store: { ephemeral: true, database: a.db }\n", "security: { jwt: { issuer: me } }\n"}) {
    const auto loaded = load_settings(text);
    BOOST_TEST(loaded.found.size() == 1u, text);
    BOOST_TEST(!has_errors(loaded.found), text);
  }
}

BOOST_AUTO_TEST_CASE(a_later_finding_is_shown_where_its_setting_was_given) {
  const auto loaded = load_settings("http:\n  listen: nowhere\n", {{"SLUICE_STORE_DATABASE", "a.db"}});
  const finding about_file{finding::level::error, finding_code::bad_value, "http.listen", "is wrong", {}};
  BOOST_TEST(loaded.show(about_file) == "server.yaml:2:11: error: http.listen: is wrong [BAD_VALUE]");
  const finding about_variable{
      finding::level::error, finding_code::bad_value, "store.database", "is wrong", {}};
  BOOST_TEST(loaded.show(about_variable) ==
             "environment: error: SLUICE_STORE_DATABASE: is wrong [BAD_VALUE]");
  const finding about_default{finding::level::warning, finding_code::bad_value, "log.level", "is wrong", {}};
  BOOST_TEST(loaded.show(about_default) == "server.yaml: warning: log.level: is wrong [BAD_VALUE]");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_a_finding) {
  const scratch_folder folder;
  const auto missing = (folder.path() / "none.yaml").native();
  const auto loaded = load_server_settings(std::optional(missing), {});
  BOOST_TEST(shown(loaded) ==
             missing + ": error: cannot read '" + missing + "': there is no such file [SYNTAX]\n");
}

BOOST_AUTO_TEST_CASE(a_file_on_disk_is_read) {
  const scratch_folder folder;
  const auto file = (folder.path() / "server.yaml").native();
  std::ofstream(file) << "threads: 3\n";
  const auto loaded = load_server_settings(std::optional(file), {{"SLUICE_LOG_LEVEL", "error"}});
  BOOST_TEST(shown(loaded) == "");
  BOOST_TEST(loaded.settings.threads == 3u);
  BOOST_TEST(loaded.settings.log.level == "error");
}

BOOST_AUTO_TEST_CASE(names_and_variables_of_settings_are_unique_and_sections_stand_together) {
  std::set<std::string> names;
  std::set<std::string> variables;
  std::set<std::string> closed;
  std::string section;
  for (const auto& setting : server_setting_table()) {
    BOOST_TEST(names.emplace(setting.name).second, setting.name);
    if (const auto variable = variable_of(setting); !variable.empty())
      BOOST_TEST(variables.insert(variable).second, variable);
    const std::string here(setting.name.substr(0, std::min(setting.name.rfind('.'), setting.name.size())));
    if (here != section) {
      BOOST_TEST(closed.insert(section).second, here);
      BOOST_TEST(closed.count(here) == 0u, here);
      section = here;
    }
  }
  BOOST_TEST(names.size() >= 35u);
}

BOOST_AUTO_TEST_CASE(every_default_is_within_its_own_bounds) {
  const server_settings defaults;
  for (const auto& setting : server_setting_table()) {
    const auto value = written(setting, defaults);
    server_settings copy;
    if (value.is_scalar())
      BOOST_TEST(!assign(setting, copy, value.text()).has_value(), setting.name);
    BOOST_TEST(same_value(setting, copy, defaults), setting.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
