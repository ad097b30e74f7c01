#include "actors/runs/run_conductor.hpp"

#include "model/base/error.hpp"
#include "persistence/operations/claim_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Returns the findings as one sentence.
std::string in_one(const findings& found) {
  std::string text;
  for (const auto& each : found)
    text += (text.empty() ? "" : "; ") + each.path + ": " + each.text;
  return text;
}

} // namespace

bool run_turn::writes() const noexcept {
  return next || !ended.acts.empty() || !ended.steps.empty() || ended.available_at ||
         ended.delivered_command || ended.release;
}

run_conductor::run_conductor(claimed_run run, conductor_settings settings, const step_catalog& catalog,
                             const step_policy* policy)
    : row_(std::move(run.row)),
      status_(row_.status),
      steps_(std::move(run.steps)),
      token_(run.token),
      settings_(std::move(settings)),
      catalog_(&catalog),
      policy_(policy),
      started_(steps_.size()),
      held_(steps_.size()),
      command_(std::move(run.undelivered)),
      last_command_(command_ ? command_->id : 0) {}

run_turn run_conductor::start_turn() {
  run_turn turn;
  turn.ended.run = row_.id;
  turn.ended.version = row_.version;
  turn.ended.by = {settings_.owner, token_};
  for (auto& note : std::exchange(notes_, {}))
    turn.ended.acts.emplace_back(std::move(note));
  return turn;
}

run_turn run_conductor::flush() {
  return start_turn();
}

run_turn run_conductor::advance(utc_time now) {
  return decide(start_turn(), now);
}

run_turn run_conductor::end_attempt(std::size_t step, std::uint32_t attempt, attempt_outcome outcome,
                                    utc_time now, const random_source& random) {
  if (!is_under_way(step, attempt))
    return {};
  auto turn = start_turn();
  const bool cut_off = interrupted_ && outcome.status != attempt_status::succeeded;
  if (cut_off && handing_back_ && status_ != run_status::cancelling) {
    take_back(turn, step, now);
    return decide(std::move(turn), now);
  }
  if (cut_off)
    outcome.status = attempt_status::cancelled;
  // This worker could not keep its lease long enough: perhaps another one can, and whoever claims the run
  // looks whether it loses its attempts again and again.
  if (outcome.status == attempt_status::lost)
    handing_back_ = true;
  note_end(turn, step, outcome, now, random);
  return decide(std::move(turn), now);
}

run_turn run_conductor::return_unbegun(utc_time now) {
  handing_back_ = true;
  auto turn = start_turn();
  for (std::size_t step = 0; step < steps_.size(); ++step)
    if (steps_.step(step).status == step_status::running)
      take_back(turn, step, now);
  return decide(std::move(turn), now);
}

void run_conductor::note_end(run_turn& turn, std::size_t step, const attempt_outcome& outcome, utc_time now,
                             const random_source& random) {
  held_[step] = false;
  steps_.end_attempt(step, outcome, now, random);
  put_step(turn.ended.steps, step, now);
  turn.ended.acts.emplace_back(step_ended_event(steps_.spec(step).id, steps_.step(step), outcome));
}

/// It was taken from a worker that ends, or never began, which is no sign of a step that kills its worker.
void run_conductor::take_back(run_turn& turn, std::size_t step, utc_time now) {
  attempt_outcome lost;
  lost.status = attempt_status::lost;
  const auto lost_before = steps_.step(step).lost_in_row;
  note_end(turn, step, lost, now, {});
  auto progress = steps_.step(step);
  progress.lost_in_row = lost_before;
  turn.ended.steps.back().progress.lost_in_row = lost_before;
  steps_.restore(step, std::move(progress));
}

run_turn run_conductor::tell(const command_row& command, utc_time now) {
  // A command is told twice when it came in while the run was being claimed.
  if (command.id <= last_command_)
    return {};
  last_command_ = command.id;
  command_ = command;
  return decide(start_turn(), now);
}

run_turn run_conductor::stands_still(std::size_t step, std::uint64_t hold, utc_time now) {
  if (steps_.step(step).status != step_status::running || !hold_told_ || hold != holds_)
    return {};
  held_[step] = true;
  return decide(start_turn(), now);
}

run_turn run_conductor::hand_back(utc_time now) {
  handing_back_ = true;
  return decide(start_turn(), now);
}

void run_conductor::not_begun(const run_turn& turn) {
  for (const auto& attempt : turn.begin)
    steps_.restore(attempt.step, attempt.before);
  begun_ -= turn.begin.size();
  handing_back_ = true;
}

bool run_conductor::is_under_way(std::size_t step, std::uint32_t attempt) const {
  return steps_.step(step).status == step_status::running && steps_.step(step).attempts == attempt;
}

step_activity run_conductor::activity() const {
  auto result = step_activity::none;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    if (steps_.step(step).status != step_status::running)
      continue;
    if (!held_[step])
      return step_activity::busy;
    result = step_activity::held;
  }
  return result;
}

bool run_conductor::may_begin() const {
  // A command that waits for the boundary would wait for ever if steps that overlap went on beginning.
  return !handing_back_ && !refused_ && !command_ && (!settings_.ticks || *settings_.ticks > 0);
}

run_turn run_conductor::decide(run_turn turn, utc_time now) {
  obey(turn);
  if (turn.over())
    return turn;
  if (status_ == run_status::preparing && !prepare(turn))
    return turn;
  if (status_ == run_status::running)
    go_on(turn, now);
  if (!turn.over() && handing_back_ && activity() == step_activity::none && turn.begin.empty())
    turn.ended.release = true;
  return turn;
}

/// Follows a command, and finishes a pause or a cancel that is under way.
void run_conductor::obey(run_turn& turn) {
  const auto doing = activity();
  const auto verdict =
      deliver_command(status_, command_ ? std::optional(command_->command) : std::nullopt, doing);
  for (const auto status : verdict.path) {
    status_note note;
    if (command_)
      note = {command_->by, command_->reason, "failed_by_command", command_->reason, ""};
    enter(turn, status, std::move(note));
  }
  if (command_ && verdict.done) {
    turn.ended.delivered_command = command_->id;
    command_.reset();
  }
  turn.ended.release = verdict.release;
  turn.interrupt = verdict.interrupt && !std::exchange(interrupted_, verdict.interrupt);
  turn.hold = verdict.hold && !hold_told_;
  if (turn.hold) {
    hold_told_ = true;
    ++holds_;
  }
  // Resumed, or what it was held for was withdrawn.
  if (hold_told_ && status_ == run_status::running && !command_) {
    turn.go_on = true;
    hold_told_ = false;
    std::fill(held_.begin(), held_.end(), false);
  }
}

/// Looks whether the run can be carried out here. Returns false when it cannot.
bool run_conductor::prepare(run_turn& turn) {
  for (const auto& step : steps_.graph().steps) {
    if (catalog_->find(step.kind) != nullptr)
      continue;
    enter(turn, run_status::failed,
          {"", "", "unsupported_step_kind",
           fmt::format("step '{}' is of kind '{}', which this worker does not have", step.id, step.kind),
           step.id});
    turn.ended.release = true;
    return false;
  }
  enter(turn, run_status::running);
  return true;
}

void run_conductor::go_on(run_turn& turn, utc_time now) {
  auto outlook = steps_.outlook(now, settings_.parallel);
  while (outlook.next == run_outlook::kind::begin && may_begin()) {
    const auto before = turn.begin.size();
    begin_ready(turn, outlook, now);
    // A step that could not begin has ended: what comes next has changed.
    if (turn.begin.size() == before + outlook.ready.size())
      break;
    outlook = steps_.outlook(now, settings_.parallel);
  }
  if (!turn.begin.empty()) {
    turn.wake_at = outlook.due;
    return;
  }
  finish(turn, outlook, now);
}

void run_conductor::begin_ready(run_turn& turn, const run_outlook& outlook, utc_time now) {
  for (const auto step : outlook.ready)
    if (may_begin())
      begin(turn, step, now);
}

bool run_conductor::begin(run_turn& turn, std::size_t step, utc_time now) {
  const auto& spec = steps_.spec(step);
  json params;
  try {
    params = steps_.params_for(step);
  } catch (const error& failed) {
    refuse(turn, step, {attempt_status::failed, {}, failed.code(), failed.what(), false}, now);
    return false;
  }
  const auto* kind = catalog_->find(spec.kind);
  if (kind == nullptr) {
    refuse(turn, step,
           {attempt_status::failed,
            {},
            "unsupported_step_kind",
            fmt::format("this worker has no step kind '{}'", spec.kind),
            false},
           now);
    return false;
  }
  findings found;
  if (kind->check)
    kind->check(params, fmt::format("steps.{}.params", spec.id), found);
  if (has_errors(found)) {
    refuse(turn, step, {attempt_status::failed, {}, "bad_params", in_one(found), false}, now);
    return false;
  }
  if (policy_ != nullptr && *policy_) {
    ask_policy({row_.id, row_.env, row_.lane, row_.job_type, spec.id, spec.kind, params,
                steps_.step(step).attempts + 1});
    if (refused_)
      return false;
  }
  if (!turn.next) {
    turn.next.emplace();
    turn.next->beside_others = activity() != step_activity::none;
  }
  if (settings_.ticks)
    --*settings_.ticks;
  ++begun_;
  auto before = steps_.step(step);
  const auto attempt = steps_.begin_attempt(step);
  started_[step] = now;
  attempt_token token{row_.id, spec.id, attempt, token_};
  turn.next->acts.emplace_back(step_started_event(token, spec.kind));
  put_step(turn.next->steps, step, std::nullopt);
  ++turn.next->ticks;
  turn.begin.push_back({step, std::move(token), std::move(params), std::move(before)});
  return true;
}

/// A policy that does not answer has not allowed it.
void run_conductor::ask_policy(const step_policy_question& question) {
  try {
    refused_ = (*policy_)(question);
  } catch (const std::exception& failed) {
    refused_ = fmt::format("the policy could not be asked about step '{}': {}", question.step, failed.what());
  } catch (...) {
    refused_ = fmt::format("the policy could not be asked about step '{}'", question.step);
  }
}

/// An attempt that ends before it could begin.
void run_conductor::refuse(run_turn& turn, std::size_t step, attempt_outcome outcome, utc_time now) {
  const auto attempt = steps_.begin_attempt(step);
  started_[step] = now;
  const auto& spec = steps_.spec(step);
  turn.ended.acts.emplace_back(step_started_event({row_.id, spec.id, attempt, token_}, spec.kind));
  steps_.end_attempt(step, outcome, now, [] { return std::uint64_t{0}; });
  turn.ended.acts.emplace_back(step_ended_event(spec.id, steps_.step(step), outcome));
  put_step(turn.ended.steps, step, now);
}

/// Nothing more begins now: the run is over, waits, or goes back.
void run_conductor::finish(run_turn& turn, const run_outlook& outlook, utc_time now) {
  if (outlook.next == run_outlook::kind::succeeded) {
    enter(turn, run_status::succeeded);
    turn.ended.release = true;
    return;
  }
  if (outlook.next == run_outlook::kind::failed) {
    const auto& step = steps_.step(*outlook.failed_step);
    const bool cancelled = step.status == step_status::cancelled;
    enter(turn, run_status::failed,
          {"", "", cancelled ? "step_cancelled" : step.error_code,
           cancelled ? "a step was cancelled" : step.error_text, steps_.spec(*outlook.failed_step).id});
    turn.ended.release = true;
    return;
  }
  if (activity() != step_activity::none) {
    turn.wake_at = outlook.due;
    return;
  }
  if (refused_) {
    enter(turn, run_status::blocked, {"policy", *refused_, "", "", ""});
    turn.ended.release = true;
    return;
  }
  // What is left is a wait for a retry, or a worker that may do no more.
  const bool waits = outlook.next == run_outlook::kind::wait && outlook.due;
  if (waits && may_begin() && *outlook.due - now <= settings_.patience) {
    turn.wake_at = outlook.due;
    return;
  }
  if (waits)
    turn.ended.available_at = outlook.due;
  turn.ended.release = true;
}

void run_conductor::enter(run_turn& turn, run_status status, status_note note) {
  status_ = status;
  turn.ended.acts.emplace_back(status_change{status, std::move(note)});
}

void run_conductor::put_step(std::vector<step_row>& out, std::size_t step,
                             std::optional<utc_time> finished) const {
  out.push_back({steps_.spec(step).id, steps_.step(step), started_[step], finished});
}

} // namespace sluice
