#include "runtime/config/server_settings_yaml.hpp"
#include "runtime/config/text_file.hpp"
#include "tests/runtime/server_settings_scene.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

using namespace sluice;

namespace {

/// Every setting that is no secret, with another value than its default.
const std::string full_file =
    "http: { listen: '[::1]:8080', connections: 10, header_bytes: 8KiB, body_bytes: 1500,\n"
    "  read_timeout: 5s, write_timeout: 90s, stream_bytes: 64KiB,\n"
    "  tls: { certificate: \"a \\\"b\\\".pem\", key: '$${x}\\y.pem' } }\n"
    "security: { jwt: { jwks_file: keys.json, issuer: i, audience: a, role_claim: c,\n"
    "  admin_value: w, read_value: r }, hosts: [a, 'b:1'] }\n"
    "store: { database: 'x # y.db' }\n"
    "worker: { enabled: false, lanes: [a, b/c], parallel_runs: 3, max_ticks: 9,\n"
    "  max_ticks_per_run: 8, parallel_steps: 2, lease_ttl: 1500ms, step_grace: 30m }\n"
    "flows: [{ name: clean, file: 'a: b.yaml' }]\n"
    "rules: { directory: '/r d', sync: true }\n"
    "log: { level: debug, format: json }\n"
    "threads: 4\n"
    "shutdown_timeout: 10s\n";

std::string documentation() {
  return read_text_file(SLUICE_SOURCE_DIR "/docs/configuration.md");
}

/// Returns the row that the documentation must have.
std::string row_of(const server_setting& setting) {
  const auto value = written(setting, {});
  const auto shown_default =
      value.is_null() ? "" : fmt::format("`{}`", value.is_quoted() ? value.text() : inline_yaml(value));
  return fmt::format("| `{}` | {} | {} | {} | {} |\n", setting.name, shown_default, describe_value(setting),
                     setting.is_live ? "yes" : "", setting.meaning);
}

} // namespace

BOOST_AUTO_TEST_SUITE(config_server_yaml)

BOOST_AUTO_TEST_CASE(what_is_shown_is_a_configuration_that_says_the_same) {
  for (const auto& text : {std::string(), full_file}) {
    auto loaded = load_settings(text);
    BOOST_TEST(!has_errors(loaded.found), shown(loaded));
    const auto page = server_settings_yaml(loaded);
    const auto again = load_settings(page);
    BOOST_TEST(shown(again) == "", page);
    for (const auto& setting : server_setting_table())
      BOOST_TEST(same_value(setting, loaded.settings, again.settings), setting.name);
  }
}

BOOST_AUTO_TEST_CASE(a_comment_says_what_a_setting_means_and_where_its_value_is_from) {
  const auto page = server_settings_yaml(load_settings("threads: 2\n", {{"SLUICE_LOG_LEVEL", "debug"}}));
  BOOST_TEST(
      contains(page,
               "\n# Threads that carry out flows and steps; 0: one per core. Takes a whole number from 0 "
               "to 1024.\n# From: server.yaml:1.\nthreads: 2\n"),
      page);
  BOOST_TEST(contains(page, "From: SLUICE_LOG_LEVEL.\n  level: \"debug\"\n"), page);
  BOOST_TEST(contains(page, "From: default.\n  connections: 1024\n"), page);
}

BOOST_AUTO_TEST_CASE(secrets_are_never_shown) {
  const auto loaded = load_settings("security:\n  admin_token: " + admin_token + "\n  read_token_file: /r\n",
                                    {{"SLUICE_JWT_SECRET", signing_secret}}, {{"/r", read_token}});
  const auto page = server_settings_yaml(loaded);
  for (const auto& secret : {admin_token, read_token, signing_secret})
    BOOST_TEST(!contains(page, secret), page);
  BOOST_TEST(contains(page, "From: server.yaml:2.\n  # admin_token: ********\n"), page);
  BOOST_TEST(contains(page, "From: security.read_token_file.\n  # read_token: ********\n"), page);
  BOOST_TEST(contains(page, "From: SLUICE_JWT_SECRET.\n    # secret: ********\n"), page);
  BOOST_TEST(contains(page, "read_token_file: \"/r\"\n"), page);
}

BOOST_AUTO_TEST_CASE(every_example_is_valid) {
  const std::map<std::string, std::string> files{{"/etc/sluice/admin-token", admin_token},
                                                 {"/etc/sluice/read-token", read_token}};
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SLUICE_SOURCE_DIR "/examples/server")) {
    if (entry.path().extension() != ".yaml")
      continue;
    const auto loaded = load_settings(read_text_file(entry.path().native()), {}, files);
    BOOST_TEST(shown(loaded) == "", entry.path());
    ++count;
  }
  BOOST_TEST(count >= 3u);
}

BOOST_AUTO_TEST_CASE(the_documentation_has_every_setting_and_no_other) {
  const auto page = documentation();
  for (const auto& setting : server_setting_table())
    BOOST_TEST(contains(page, row_of(setting)), row_of(setting));
  const auto chapter = page.substr(page.find("\n## The server\n"));
  const std::regex row("\n\\| `([a-z_.]+)` \\|");
  std::set<std::string> documented;
  for (std::sregex_iterator it(chapter.begin(), chapter.end(), row), end; it != end; ++it)
    documented.insert((*it)[1].str());
  for (const auto& name : documented)
    BOOST_TEST(find_server_setting(name) != nullptr, name);
  BOOST_TEST(documented.size() == server_setting_table().size());
}

BOOST_AUTO_TEST_SUITE_END()
