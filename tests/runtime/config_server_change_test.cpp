#include "runtime/config/server_setting.hpp"
#include "runtime/config/server_settings_change.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace sluice;

namespace {

using names = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(config_server_change)

BOOST_AUTO_TEST_CASE(the_same_settings_are_no_change) {
  const auto change = compare_settings({}, {});
  BOOST_TEST(change.live.empty());
  BOOST_TEST(change.refused.empty());
  BOOST_TEST(describe_refused(change) == "");
}

BOOST_AUTO_TEST_CASE(what_may_change_is_taken_and_what_may_not_is_named) {
  const server_settings running;
  auto fresh = running;
  fresh.http.listen = "127.0.0.1:1";
  fresh.store.database = "other.db";
  fresh.worker.enabled = true;
  fresh.flows.push_back({"a", "a.yaml"});
  fresh.security.admin_token = "new-admin-token-0123456789";
  fresh.security.hosts = {"sluice.example.org"};
  fresh.log.level = "debug";
  fresh.log.format = "text";
  fresh.shutdown_timeout = std::chrono::seconds{5};
  const auto change = compare_settings(running, fresh);
  const names live{"security.admin_token", "security.hosts", "log.level", "shutdown_timeout"};
  const names refused{"http.listen", "store.database", "worker.enabled", "flows", "log.format"};
  BOOST_TEST(change.live == live, boost::test_tools::per_element());
  BOOST_TEST(change.refused == refused, boost::test_tools::per_element());
  BOOST_TEST(change.merged.http.listen == running.http.listen);
  BOOST_TEST(change.merged.flows.empty());
  BOOST_TEST(change.merged.security.admin_token == fresh.security.admin_token);
  BOOST_TEST(describe_refused(change) ==
             "http.listen, store.database, worker.enabled, flows and log.format cannot change while "
             "the server runs; start it anew");
}

BOOST_AUTO_TEST_CASE(everything_about_who_is_let_in_may_change_while_running) {
  for (const auto& setting : server_setting_table())
    if (setting.name.starts_with("security."))
      BOOST_TEST(setting.is_live, setting.name);
}

BOOST_AUTO_TEST_SUITE_END()
