#include "model/base/error.hpp"
#include "model/run/run_command.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr run_command commands[] = {run_command::pause, run_command::resume, run_command::cancel,
                                    run_command::intervene, run_command::fail};

/// What each command means for a run of each status that nobody is on: `-` refused, `=` there or under way,
/// otherwise the statuses that are passed. Columns: pause, resume, cancel, intervene, fail.
const std::map<std::string, std::vector<std::string>> expected = {
    {"queued", {"paused", "=", "cancelling cancelled", "-", "-"}},
    {"preparing", {"pausing paused", "=", "cancelling cancelled", "-", "-"}},
    {"running", {"pausing paused", "=", "cancelling cancelled", "intervening", "-"}},
    {"pausing", {"=", "paused running", "cancelling cancelled", "-", "-"}},
    {"paused", {"=", "running", "cancelling cancelled", "-", "-"}},
    {"blocked", {"-", "queued", "cancelling cancelled", "-", "-"}},
    {"intervening", {"-", "running", "cancelling cancelled", "=", "failed"}},
    {"cancelling", {"-", "-", "=", "-", "-"}},
    {"succeeded", {"-", "-", "-", "-", "-"}},
    {"failed", {"-", "queued", "-", "-", "="}},
    {"cancelled", {"-", "queued", "=", "-", "-"}},
};

std::vector<run_status> read_path(const std::string& text) {
  std::vector<run_status> path;
  std::istringstream words(text);
  for (std::string word; words >> word;)
    path.push_back(parse_run_status(word).value());
  return path;
}

std::string write_path(const std::vector<run_status>& path) {
  std::string text;
  for (const auto status : path)
    text += (text.empty() ? "" : " ") + std::string(to_string(status));
  return text;
}

/// Calls `visit` for every status and command, with what the table says.
template <class Visit>
void for_every_pair(Visit visit) {
  BOOST_TEST(expected.size() == run_status_count);
  for (const auto& [name, columns] : expected) {
    const auto status = parse_run_status(name).value();
    for (std::size_t i = 0; i < run_command_count; ++i)
      BOOST_TEST_CONTEXT(to_string(commands[i]) << " a run that is " << name)
    visit(status, commands[i], columns[i]);
  }
}

command_decision decide(run_command command, run_status status, bool owned,
                        std::optional<run_command> undelivered = {}) {
  return decide_command(command, {status, owned, undelivered});
}

void check_refused(run_command command, const command_situation& situation) {
  BOOST_CHECK_EXCEPTION(decide_command(command, situation), error, [&](const error& trouble) {
    const std::string text = trouble.what();
    return trouble.code() == "invalid_transition" && text.find(to_string(situation.status)) != text.npos &&
           text.find(to_string(command)) != text.npos;
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_commands)

BOOST_AUTO_TEST_CASE(every_status_and_command_without_an_owner) {
  for_every_pair([](run_status status, run_command command, const std::string& column) {
    if (column == "-")
      return check_refused(command, {status, false, std::nullopt});
    const auto decision = decide(command, status, false);
    const bool applied = column != "=";
    BOOST_TEST((decision.outcome == (applied ? command_outcome::applied : command_outcome::unchanged)));
    BOOST_TEST(decision.changed() == applied);
    BOOST_TEST(write_path(decision.path) == (applied ? column : ""));
    BOOST_TEST(!decision.replaces);
  });
}

BOOST_AUTO_TEST_CASE(every_status_and_command_with_an_owner_who_is_to_be_told) {
  for_every_pair([](run_status status, run_command command, const std::string& column) {
    if (column == "-")
      return check_refused(command, {status, true, std::nullopt});
    const auto decision = decide(command, status, true);
    const bool told = column != "=";
    BOOST_TEST((decision.outcome == (told ? command_outcome::delivered : command_outcome::unchanged)));
    BOOST_TEST(decision.path.empty());
    BOOST_TEST(!decision.replaces);
  });
}

BOOST_AUTO_TEST_CASE(every_status_and_command_while_another_command_waits) {
  for (const auto waiting : commands) {
    for_every_pair([&](run_status status, run_command command, const std::string& column) {
      for (const bool owned : {false, true}) {
        BOOST_TEST_CONTEXT("owned: " << owned << ", waiting: " << to_string(waiting)) {
          if (column == "-") {
            check_refused(command, {status, owned, waiting});
            continue;
          }
          const auto decision = decide(command, status, owned, waiting);
          const bool same = command == waiting;
          if (column == "=") {
            // The run is as it is asked to be, unless what waits would change it.
            BOOST_TEST(
                (decision.outcome == (same ? command_outcome::unchanged : command_outcome::withdrawn)));
            BOOST_TEST(decision.replaces == !same);
          } else if (!owned) {
            // Also when it is the same again: its owner died before it could act.
            BOOST_TEST((decision.outcome == command_outcome::applied));
            BOOST_TEST(write_path(decision.path) == column);
            BOOST_TEST(decision.replaces);
          } else {
            BOOST_TEST(
                (decision.outcome == (same ? command_outcome::unchanged : command_outcome::delivered)));
            BOOST_TEST(decision.replaces == !same);
          }
        }
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(every_path_of_a_command_follows_the_table_of_transitions) {
  for_every_pair([](run_status status, run_command, const std::string& column) {
    if (column == "-" || column == "=")
      return;
    auto from = status;
    for (const auto to : read_path(column)) {
      BOOST_TEST(is_legal(from, to));
      from = to;
    }
  });
}

BOOST_AUTO_TEST_CASE(pausing_twice_is_harmless) {
  BOOST_TEST(!decide(run_command::pause, run_status::paused, false).changed());
  BOOST_TEST(!decide(run_command::pause, run_status::pausing, true).changed());
  BOOST_TEST(!decide(run_command::pause, run_status::running, true, run_command::pause).changed());
}

BOOST_AUTO_TEST_CASE(a_resume_takes_back_a_pause_that_has_not_acted) {
  const auto decision = decide(run_command::resume, run_status::running, true, run_command::pause);
  BOOST_TEST((decision.outcome == command_outcome::withdrawn));
  BOOST_TEST(decision.changed());
  BOOST_TEST(decision.replaces);
}

BOOST_AUTO_TEST_CASE(the_last_of_two_commands_wins) {
  const auto decision = decide(run_command::cancel, run_status::running, true, run_command::pause);
  BOOST_TEST((decision.outcome == command_outcome::delivered));
  BOOST_TEST(decision.replaces);
}

BOOST_AUTO_TEST_CASE(an_unknown_command_is_an_error_that_suggests) {
  BOOST_TEST((require_run_command("cancel") == run_command::cancel));
  BOOST_CHECK_EXCEPTION(require_run_command("cancle"), error, [](const error& trouble) {
    const std::string text = trouble.what();
    return trouble.code() == "unknown_command" && text.find("did you mean 'cancel'") != text.npos;
  });
  for (const auto command : commands)
    BOOST_TEST((parse_run_command(to_string(command)) == command));
  BOOST_TEST(!parse_run_command("PAUSE"));
}

BOOST_AUTO_TEST_CASE(only_a_run_that_is_over_is_retried) {
  for (const auto status : all_run_statuses())
    BOOST_TEST(may_be_retried(status) == is_terminal(status));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(run_command_delivery)

BOOST_AUTO_TEST_CASE(at_the_boundary_every_command_takes_the_whole_of_its_path) {
  for_every_pair([](run_status status, run_command command, const std::string& column) {
    // A pause or cancel under way is finished first, and the command then meets what came of it.
    if (status == run_status::pausing || status == run_status::cancelling)
      return;
    const auto what = deliver_command(status, command, step_activity::none);
    BOOST_TEST(what.done);
    BOOST_TEST(!what.interrupt);
    BOOST_TEST(!what.hold);
    BOOST_TEST(write_path(what.path) == (column == "-" || column == "=" ? "" : column));
    const auto last = what.path.empty() ? status : what.path.back();
    BOOST_TEST(what.release == (waits_for_person(last) || is_terminal(last)));
  });
}

BOOST_AUTO_TEST_CASE(every_delivery_passes_legal_statuses_only) {
  for_every_pair([](run_status status, run_command command, const std::string&) {
    for (const auto activity : {step_activity::none, step_activity::held, step_activity::busy}) {
      auto from = status;
      for (const auto to : deliver_command(status, command, activity).path) {
        BOOST_TEST(is_legal(from, to));
        from = to;
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(no_run_rests_or_ends_while_a_step_is_busy) {
  for_every_pair([](run_status status, run_command command, const std::string&) {
    for (const auto to : deliver_command(status, command, step_activity::busy).path)
      BOOST_TEST((to == run_status::pausing || to == run_status::cancelling), to_string(to));
  });
}

BOOST_AUTO_TEST_CASE(a_pause_during_a_step_waits_for_its_end) {
  const auto first = deliver_command(run_status::running, run_command::pause, step_activity::busy);
  BOOST_TEST((first == delivery{{run_status::pausing}, true, false, true, false}));
  const auto at_end = deliver_command(run_status::pausing, std::nullopt, step_activity::none);
  BOOST_TEST((at_end == delivery{{run_status::paused}, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(a_pause_inside_a_flow_keeps_the_lease) {
  const auto held = deliver_command(run_status::pausing, std::nullopt, step_activity::held);
  BOOST_TEST((held == delivery{{run_status::paused}, true, false, false, false}));
  const auto resumed = deliver_command(run_status::paused, run_command::resume, step_activity::held);
  BOOST_TEST((resumed == delivery{{run_status::running}, true, false, false, false}));
}

BOOST_AUTO_TEST_CASE(a_cancel_stops_the_step_under_way) {
  const auto first = deliver_command(run_status::running, run_command::cancel, step_activity::busy);
  BOOST_TEST((first == delivery{{run_status::cancelling}, true, true, false, false}));
  const auto still = deliver_command(run_status::cancelling, std::nullopt, step_activity::busy);
  BOOST_TEST((still == delivery{{}, true, true, false, false}));
  const auto at_end = deliver_command(run_status::cancelling, std::nullopt, step_activity::none);
  BOOST_TEST((at_end == delivery{{run_status::cancelled}, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(a_cancel_of_a_flow_that_stands_still_lets_it_drain) {
  const auto what = deliver_command(run_status::paused, run_command::cancel, step_activity::held);
  BOOST_TEST((what == delivery{{run_status::cancelling}, true, true, false, false}));
}

BOOST_AUTO_TEST_CASE(an_intervention_waits_for_the_boundary_and_makes_a_flow_stand_still) {
  const auto busy = deliver_command(run_status::running, run_command::intervene, step_activity::busy);
  BOOST_TEST((busy == delivery{{}, false, false, true, false}));
  const auto held = deliver_command(run_status::running, run_command::intervene, step_activity::held);
  BOOST_TEST((held == delivery{{run_status::intervening}, true, false, false, false}));
  const auto none = deliver_command(run_status::running, run_command::intervene, step_activity::none);
  BOOST_TEST((none == delivery{{run_status::intervening}, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(a_resume_during_a_pause_under_way_acts_after_it) {
  const auto busy = deliver_command(run_status::pausing, run_command::resume, step_activity::busy);
  BOOST_TEST((busy == delivery{{}, false, false, true, false}));
  const auto none = deliver_command(run_status::pausing, run_command::resume, step_activity::none);
  BOOST_TEST((none == delivery{{run_status::paused, run_status::running}, true, false, false, false}));
}

BOOST_AUTO_TEST_CASE(failing_a_run_inside_a_flow_stops_the_flow_first) {
  const auto held = deliver_command(run_status::intervening, run_command::fail, step_activity::held);
  BOOST_TEST((held == delivery{{}, false, true, false, false}));
  const auto none = deliver_command(run_status::intervening, run_command::fail, step_activity::none);
  BOOST_TEST((none == delivery{{run_status::failed}, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(a_command_that_comes_after_the_end_is_done_without_effect) {
  const auto what = deliver_command(run_status::succeeded, run_command::pause, step_activity::none);
  BOOST_TEST((what == delivery{{}, true, false, false, true}));
}

BOOST_AUTO_TEST_CASE(without_command_a_run_on_its_way_goes_on) {
  for (const auto status : {run_status::queued, run_status::preparing, run_status::running})
    for (const auto activity : {step_activity::none, step_activity::held, step_activity::busy})
      BOOST_TEST((deliver_command(status, std::nullopt, activity) == delivery{}));
}

BOOST_AUTO_TEST_SUITE_END()
