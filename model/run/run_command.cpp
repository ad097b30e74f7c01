#include "model/run/run_command.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>

namespace sluice {

namespace {

using path = std::vector<run_status>;

constexpr std::array<std::string_view, run_command_count> command_names = {"pause", "resume", "cancel",
                                                                           "intervene", "fail"};

/// What a command means for a run that nobody is on and for which nothing else waits.
struct reaction {
  enum class kind : std::uint8_t { refused, already, go };
  kind what = kind::refused;
  path passed = {};
};

const reaction refused{reaction::kind::refused, {}};
const reaction already{reaction::kind::already, {}};

reaction go(path passed) {
  return {reaction::kind::go, std::move(passed)};
}

reaction react_to_pause(run_status status) {
  switch (status) {
  case run_status::queued:
    return go({run_status::paused});
  case run_status::preparing:
  case run_status::running:
    return go({run_status::pausing, run_status::paused});
  case run_status::pausing:
  case run_status::paused:
    return already;
  default:
    return refused;
  }
}

reaction react_to_resume(run_status status) {
  switch (status) {
  case run_status::queued:
  case run_status::preparing:
  case run_status::running:
    return already;
  case run_status::pausing:
    return go({run_status::paused, run_status::running});
  case run_status::paused:
  case run_status::intervening:
    return go({run_status::running});
  case run_status::blocked:
  case run_status::failed:
  case run_status::cancelled:
    return go({run_status::queued});
  default:
    return refused;
  }
}

reaction react_to_cancel(run_status status) {
  if (status == run_status::cancelling || status == run_status::cancelled)
    return already;
  return is_terminal(status) ? refused : go({run_status::cancelling, run_status::cancelled});
}

reaction react_to_intervene(run_status status) {
  if (status == run_status::intervening)
    return already;
  return status == run_status::running ? go({run_status::intervening}) : refused;
}

reaction react_to_fail(run_status status) {
  if (status == run_status::failed)
    return already;
  return status == run_status::intervening ? go({run_status::failed}) : refused;
}

reaction react(run_command command, run_status status) {
  switch (command) {
  case run_command::pause:
    return react_to_pause(status);
  case run_command::resume:
    return react_to_resume(status);
  case run_command::cancel:
    return react_to_cancel(status);
  case run_command::intervene:
    return react_to_intervene(status);
  case run_command::fail:
    return react_to_fail(status);
  }
  return refused;
}

/// Finishes what is under way, as far as `activity` allows; returns the status then.
run_status settle(run_status status, step_activity activity, path& passed) {
  if (status == run_status::pausing && activity != step_activity::busy)
    status = passed.emplace_back(run_status::paused);
  if (status == run_status::cancelling && activity == step_activity::none)
    status = passed.emplace_back(run_status::cancelled);
  return status;
}

/// True when a run may enter `status` while a step is doing `activity`.
bool may_enter(run_status status, step_activity activity) {
  switch (status) {
  case run_status::pausing:
  case run_status::cancelling:
    return true;
  case run_status::cancelled:
  case run_status::failed:
    return activity == step_activity::none;
  default:
    return activity != step_activity::busy;
  }
}

} // namespace

std::string_view to_string(run_command command) noexcept {
  return command_names[static_cast<std::size_t>(command)];
}

std::optional<run_command> parse_run_command(std::string_view text) noexcept {
  const auto* const found = std::find(command_names.begin(), command_names.end(), text);
  if (found == command_names.end())
    return std::nullopt;
  return static_cast<run_command>(found - command_names.begin());
}

run_command require_run_command(std::string_view text) {
  if (const auto known = parse_run_command(text))
    return *known;
  const std::vector<std::string> all(command_names.begin(), command_names.end());
  throw error("unknown_command", fmt::format("'{}' is no command for a run{}; commands are {}", text,
                                             suggest(text, all), fmt::join(all, ", ")));
}

command_decision decide_command(run_command command, const command_situation& situation) {
  auto reacted = react(command, situation.status);
  const bool waits = situation.undelivered.has_value();
  const bool repeated = situation.undelivered == command;
  if (reacted.what == reaction::kind::refused)
    throw error("invalid_transition", fmt::format("a run that is {} cannot be told to {}",
                                                  to_string(situation.status), to_string(command)));
  if (reacted.what == reaction::kind::already)
    return waits && !repeated ? command_decision{command_outcome::withdrawn, {}, true} : command_decision{};
  // The owner died before it could act: this command acts now, also when it is the same again.
  if (!situation.owned)
    return {command_outcome::applied, std::move(reacted.passed), waits};
  if (repeated)
    return {};
  return {command_outcome::delivered, {}, waits};
}

delivery deliver_command(run_status status, std::optional<run_command> command, step_activity activity) {
  delivery result;
  status = settle(status, activity, result.path);
  auto reacted = command ? react(*command, status) : already;
  for (const auto next : reacted.passed) {
    if (may_enter(next, activity)) {
      status = result.path.emplace_back(next);
      continue;
    }
    // A pause or cancel that has begun goes on without its command.
    result.done =
        status == run_status::pausing ? command == run_command::pause : status == run_status::cancelling;
    break;
  }
  const bool busy = activity == step_activity::busy;
  const bool waits_for_end =
      status == run_status::cancelling || (!result.done && command == run_command::fail);
  result.interrupt = waits_for_end && activity != step_activity::none;
  result.hold =
      busy && (status == run_status::pausing || (!result.done && command == run_command::intervene));
  result.release = activity == step_activity::none && (waits_for_person(status) || is_terminal(status));
  return result;
}

} // namespace sluice
