#include "persistence/operations/change_run.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/claim_rules.hpp"
#include "model/run/lease_rules.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/require_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

run_row require_version(store& in, const run_change& change) {
  auto row = require_run(in, change.run);
  if (row.version != change.version)
    throw error("version_conflict", fmt::format("run {} is at version {}, not {}: read it again",
                                                to_string(change.run), row.version, change.version));
  return row;
}

void perform(run_writer& writer, const run_acts& acts, const std::vector<step_row>& steps) {
  for (const auto& act : acts) {
    if (const auto* status = std::get_if<status_change>(&act))
      writer.enter(status->to, status->note);
    else
      writer.add(std::get<run_event_draft>(act));
  }
  for (const auto& step : steps)
    writer.put_step(step);
}

void perform(store& in, run_writer& writer, const run_change& change) {
  perform(writer, change.acts, change.steps);
  if (change.available_at)
    writer.set_available_at(*change.available_at);
  if (change.delivered_command)
    in.commands().set_state(*change.delivered_command, command_state::delivered);
}

/// The command that acts must be the one that waits: a newer one may have replaced it.
void require_waiting(store& in, const run_change& change) {
  if (!change.delivered_command)
    return;
  const auto waiting = in.commands().undelivered(change.run);
  if (!waiting || waiting->id != *change.delivered_command)
    throw error("command_replaced", fmt::format("command {} of run {} does not wait any more",
                                                *change.delivered_command, to_string(change.run)));
}

void require_goes_on(const run_row& run, const run_change& ended) {
  if (ended.release || work_of(run.status) != work_kind::advance)
    throw internal_error(fmt::format("something is to begin in run {}, which is {}{}", to_string(run.id),
                                     to_string(run.status), ended.release ? " and is given back" : ""));
}

/// Counts ticks on the lane of `run`, if there are any.
void count_ticks(store& in, const run_row& run, std::uint32_t ticks, utc_time now) {
  if (ticks == 0)
    return;
  auto usage = in.lanes().usage(run.env, run.lane);
  usage.count(now, ticks);
  in.lanes().set_usage(run.env, run.lane, usage);
}

/// Lets `next` begin if the lane allows it, and counts the ticks of both.
void go_on(store& in, run_writer& writer, const run_change& ended, const run_change_continuation& next,
           utc_time now, boundary_answer& answer) {
  require_goes_on(writer.row(), ended);
  const auto& run = writer.row();
  auto lane = in.lanes().find(run.env, run.lane);
  if (ended.ticks > 0)
    lane.usage.count(now, ended.ticks);
  answer.outcome = judge_boundary(lane.settings, lane.usage, next.ticks, now);
  answer.continued = answer.outcome == tick_outcome::ticked;
  if (answer.continued) {
    perform(writer, next.acts, next.steps);
    if (next.ticks > 0)
      lane.usage.count(now, next.ticks);
  }
  if (ended.ticks + (answer.continued ? next.ticks : 0) > 0)
    in.lanes().set_usage(run.env, run.lane, lane.usage);
  answer.ticks_left = ticks_left(lane.settings, lane.usage, now);
}

} // namespace

boundary_answer write_boundary(store& in, run_writer& writer, const lease_record& lease,
                               const boundary_view& boundary, utc_time now) {
  const auto& ended = *boundary.ended;
  const auto& next = *boundary.next;
  perform(in, writer, ended);
  boundary_answer answer;
  if (next)
    go_on(in, writer, ended, *next, now, answer);
  else
    count_ticks(in, writer.row(), ended.ticks, now);
  if (ended.release || (next && !answer.continued && !next->beside_others))
    writer.put_lease(release_lease(lease, ended.by.owner, ended.by.token).record);
  answer.row = writer.write();
  if (writer.cascades())
    cancel_children(in, answer.row.id, now);
  // A command that came in while the owner was about to write this would wait for ever.
  if (ended.release && waits_for_person(answer.row.status)) {
    act_on_undelivered(in, answer.row.id, now);
    answer.row = require_run(in, answer.row.id);
  }
  return answer;
}

boundary_answer cross_boundary(store& in, const run_change& ended,
                               const std::optional<run_change_continuation>& next, utc_time now) {
  const auto lease = in.leases().find(ended.run);
  require_fence(lease, ended.by.owner, ended.by.token);
  run_writer writer(in, require_version(in, ended), now);
  require_waiting(in, ended);
  fault_point("change.begun");
  auto answer = write_boundary(in, writer, lease, {&ended, &next}, now);
  fault_point(answer.continued ? "boundary.written" : "change.written");
  return answer;
}

run_row change_run(store& in, const run_change& change, utc_time now) {
  return cross_boundary(in, change, std::nullopt, now).row;
}

} // namespace sluice
