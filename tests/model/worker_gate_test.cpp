#include "model/run/worker_gate.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace sluice;

namespace {

worker_permission asked_by(worker_asker asker, std::optional<std::string> environment = {},
                           std::optional<bool> setting = {}, std::optional<bool> option = {}) {
  return worker_gate({asker, option, std::move(environment), setting});
}

bool says_disabled(const worker_permission& given) {
  return !given.enabled && given.reason.find("disabled") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker_gate_rules)

BOOST_AUTO_TEST_CASE(a_server_has_no_worker_by_default_and_says_why) {
  const auto given = asked_by(worker_asker::program);
  BOOST_TEST(says_disabled(given), given.reason);
  BOOST_TEST(given.reason.find("SLUICE_WORKER_ENABLED") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_person_who_starts_one_has_enabled_it) {
  BOOST_TEST(asked_by(worker_asker::person).enabled);
  BOOST_TEST(asked_by(worker_asker::person, "").enabled);
}

BOOST_AUTO_TEST_CASE(the_environment_decides_for_both) {
  for (const auto asker : {worker_asker::person, worker_asker::program}) {
    for (const auto* no : {"false", "0", "no", "off", "FALSE", "Off"}) {
      const auto given = asked_by(asker, no, true);
      BOOST_TEST(says_disabled(given), no);
      BOOST_TEST(given.reason.find(std::string("SLUICE_WORKER_ENABLED=") + no) != std::string::npos);
    }
    for (const auto* yes : {"true", "1", "yes", "on", "True", "ON"})
      BOOST_TEST(asked_by(asker, yes, false).enabled, yes);
  }
}

BOOST_AUTO_TEST_CASE(what_is_neither_yes_nor_no_disables_and_is_quoted) {
  for (const auto* odd : {"maybe", " true", "2", "flase"}) {
    const auto given = asked_by(worker_asker::person, odd);
    BOOST_TEST(says_disabled(given), odd);
    BOOST_TEST(given.reason.find("'" + std::string(odd) + "'") != std::string::npos, given.reason);
  }
}

BOOST_AUTO_TEST_CASE(the_configuration_decides_when_the_environment_is_silent) {
  BOOST_TEST(asked_by(worker_asker::program, {}, true).enabled);
  BOOST_TEST(asked_by(worker_asker::program, "", true).enabled);
  BOOST_TEST(says_disabled(asked_by(worker_asker::person, {}, false)));
}

BOOST_AUTO_TEST_CASE(the_command_line_has_the_last_word) {
  BOOST_TEST(asked_by(worker_asker::program, "false", false, true).enabled);
  BOOST_TEST(says_disabled(asked_by(worker_asker::person, "true", true, false)));
}

BOOST_AUTO_TEST_SUITE_END()
