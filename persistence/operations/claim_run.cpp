#include "persistence/operations/claim_run.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/lease_rules.hpp"
#include "model/run/step_graph_reader.hpp"
#include "persistence/operations/require_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Runs that are read at once: as many as are usually wanted.
constexpr std::size_t most_ahead = 512;

/// The rows of one run cannot be understood. Not for what the medium has lost: that is trouble for all runs.
class unreadable_run : public error {
public:
  explicit unreadable_run(const std::string& text) : error("run_unreadable", text) {}
};

/// Returns how a run that nobody can carry out comes to wait for a person, or to its halt.
std::vector<run_status> path_aside(run_status status) {
  switch (status) {
  case run_status::queued:
    return {run_status::preparing, run_status::blocked};
  case run_status::pausing:
    return {run_status::paused};
  case run_status::cancelling:
    return {run_status::cancelled};
  default:
    return {run_status::blocked};
  }
}

/// Nobody has ever had it: without steps, lease or commands there is nothing to read of them.
bool is_untouched(const run_row& run) noexcept {
  return run.version == 1 && run.status == run_status::queued;
}

} // namespace

lane_claims::lane_claims(store& in, claim_request request, std::size_t expected)
    : in_(&in), request_(std::move(request)), expected_(expected) {}

std::optional<run_row> lane_claims::find_settling() {
  if (nothing_settles_)
    return std::nullopt;
  auto found = in_->runs().next_to_settle(request_.from);
  nothing_settles_ = !found;
  return found;
}

std::optional<run_row> lane_claims::find_due(const std::vector<uuid>& except) {
  // Whom the caps leave out changes from run to run.
  if (!except.empty())
    ahead_.clear();
  if (ahead_.empty()) {
    const auto count = except.empty() ? std::min(expected_, most_ahead) : 1;
    ahead_ = in_->runs().due(request_.from, request_.now, except, std::max<std::size_t>(count, 1));
    std::reverse(ahead_.begin(), ahead_.end());
  }
  if (ahead_.empty())
    return std::nullopt;
  auto found = std::move(ahead_.back());
  ahead_.pop_back();
  return found;
}

claim_answer lane_claims::next(const tick_budget& budget, const first_turn& first) {
  claim_answer answer;
  auto found = find_settling();
  lane_view view;
  view.has_settling = found.has_value();
  if (!found)
    view = look(budget, answer, found);
  answer.outcome = judge_lane(view);
  expected_ -= std::min<std::size_t>(expected_, 1);
  if (answer.outcome != tick_outcome::ticked)
    return answer;
  fault_point("claim.begun");
  take(*std::move(found), first, answer);
  fault_point("claim.written");
  return answer;
}

/// What there is when nothing is to be settled.
lane_view lane_claims::look(const tick_budget& budget, claim_answer& answer, std::optional<run_row>& found) {
  const auto& from = request_.from;
  auto lane = in_->lanes().find(from.env, from.lane);
  if (lane.settings.concurrent_runs)
    lane.usage.concurrent_runs = in_->runs().count_owned(from);
  answer.ticks_left = ticks_left(lane.settings, lane.usage, request_.now);
  lane_view view;
  view.enabled = lane.settings.enabled;
  view.cap_reached = budget.is_used_up() || day_is_full(lane.settings, lane.usage, request_.now) ||
                     lane_is_full(lane.settings, lane.usage);
  const auto capped = budget.used_up_runs();
  found = find_due(capped);
  view.has_claimable = found.has_value();
  view.has_capped = !found && !capped.empty() && in_->runs().next_to_advance(from, request_.now, {});
  view.has_held = !found && in_->runs().has_owned(from);
  return view;
}

void lane_claims::take(run_row row, const first_turn& first, claim_answer& answer) {
  auto& in = *in_;
  const bool untouched = is_untouched(row);
  const auto id = row.id;
  std::optional<run_progress> known;
  try {
    known = load_steps(row);
  } catch (const unreadable_run& damage) {
    return set_aside(std::move(row), damage);
  }
  auto& steps = *known;
  const auto old = untouched ? lease_record{} : in.leases().find(id);
  const auto lease = acquire_lease(old, request_.owner, request_.boot_now, request_.ttl);
  if (!lease.granted())
    throw internal_error(fmt::format("run {} is not owned, but its lease is", to_string(id)));
  const auto plan = recover_run(row.status, steps);
  run_writer writer(in, std::move(row), request_.now);
  if (!plan.lost.empty())
    writer.lose_attempts();
  for (const auto status : plan.path)
    writer.enter(status, {"", "", plan.error_code, plan.error_text});
  if (!plan.proceed) {
    writer.put_lease(revoke_lease(lease.record));
    writer.write();
    return;
  }
  writer.put_lease(lease.record);
  claimed_run run{writer.row(), std::move(steps), lease.record.token, {}, answer.ticks_left};
  if (!untouched)
    run.undelivered = in.commands().undelivered(id);
  if (first) {
    answer.boundary = write_boundary(in, writer, lease.record, first(std::move(run)), request_.now);
  } else {
    run.row = writer.write();
    answer.run = std::move(run);
  }
  // What was cancelled with it may have been read ahead.
  if (writer.cascades()) {
    ahead_.clear();
    nothing_settles_ = false;
  }
}

/// One run that cannot be read must not hold up its lane: whoever looks next would find it first again.
void lane_claims::set_aside(run_row row, const error& why) {
  const auto lease = in_->leases().find(row.id);
  const auto path = path_aside(row.status);
  run_writer writer(*in_, std::move(row), request_.now);
  writer.lose_attempts();
  for (const auto status : path)
    writer.enter(status, {"sluice", why.what(), why.code(), why.what(), ""});
  writer.put_lease(revoke_lease(lease));
  writer.write();
  ahead_.clear();
}

run_progress lane_claims::load_steps(const run_row& row) {
  const auto body = in_->runs().body(row.id);
  if (!body)
    throw unreadable_run(fmt::format("run {} has no step graph; look at the database with 'sluice db check'",
                                     to_string(row.id)));
  auto steps = steps_of(body->run_graph);
  if (is_untouched(row))
    return steps;
  for (auto& each : in_->steps().list(row.id)) {
    const auto step = steps.find(each.step);
    if (!step)
      throw unreadable_run(fmt::format("run {} has a row for step '{}', which is not in its graph",
                                       to_string(row.id), each.step));
    steps.restore(*step, std::move(each.progress));
  }
  return steps;
}

run_progress lane_claims::steps_of(const std::string& graph) {
  if (!untouched_ || graph != graph_) {
    try {
      untouched_.emplace(load_step_graph(graph));
    } catch (const error& damage) {
      throw unreadable_run(damage.what());
    }
    graph_ = graph;
  }
  return *untouched_;
}

claim_answer claim_next(store& in, const claim_request& request, const tick_budget& budget) {
  return lane_claims(in, request).next(budget);
}

std::vector<lease_refusal> renew_leases(store& in, const lease_owner& owner,
                                        const std::vector<std::pair<uuid, std::uint64_t>>& leases,
                                        const boot_instant& now, std::chrono::milliseconds ttl) {
  fault_point("renew.begun");
  std::vector<lease_refusal> refusals;
  for (const auto& [run, token] : leases) {
    const auto verdict = renew_lease(in.leases().find(run), owner, token, now, ttl);
    if (verdict.granted())
      in.leases().put(run, verdict.record);
    refusals.push_back(verdict.refusal);
  }
  fault_point("renew.written");
  return refusals;
}

void hand_back(store& in, const uuid& run, const fence& by, utc_time now) {
  const auto row = in.runs().find(run);
  run_change change;
  change.run = run;
  change.version = row ? row->version : 0;
  change.by = by;
  change.release = true;
  change_run(in, change, now);
  fault_point("hand_back.written");
}

} // namespace sluice
