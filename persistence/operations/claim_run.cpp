#include "persistence/operations/claim_run.hpp"

#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"
#include "model/run/step_graph_reader.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

run_progress load_progress(store& in, const run_body& body, const uuid& run) {
  run_progress steps(load_step_graph(body.run_graph));
  for (auto& row : in.steps().list(run)) {
    const auto step = steps.find(row.step);
    if (!step)
      throw error("store_corrupt", fmt::format("run {} has a row for step '{}', which is not in its graph",
                                               to_string(run), row.step));
    steps.restore(*step, std::move(row.progress));
  }
  return steps;
}

std::optional<claimed_run> take(store& in, const run_row& row, const claim_request& request) {
  const auto body = in.runs().body(row.id);
  if (!body)
    throw error("store_corrupt", fmt::format("run {} has no body", to_string(row.id)));
  auto steps = load_progress(in, *body, row.id);
  const auto lease = acquire_lease(in.leases().find(row.id), request.owner, request.boot_now, request.ttl);
  if (!lease.granted())
    throw internal_error(fmt::format("run {} is not owned, but its lease is", to_string(row.id)));
  const auto plan = recover_run(row.status, steps);
  run_writer writer(in, row, request.now);
  writer.lose_attempts();
  for (const auto status : plan.path)
    writer.enter(status, {"", "", plan.error_code, plan.error_text});
  writer.put_lease(plan.proceed ? lease.record : revoke_lease(lease.record));
  auto written = writer.write();
  if (!plan.proceed)
    return std::nullopt;
  return claimed_run{std::move(written), std::move(steps), json::parse(body->params), lease.record.token,
                     in.commands().undelivered(row.id)};
}

/// Adds leases that have not expired but whose owner is dead.
void add_dead(store& in, const boot_instant& now, const std::function<bool(const lease_owner&)>& is_dead,
              std::size_t limit, std::vector<lease_row>& gone) {
  constexpr std::size_t page_size = 256;
  uuid after;
  for (auto page = in.leases().held(after, page_size); !page.empty() && gone.size() < limit;
       page = in.leases().held(after, page_size)) {
    for (const auto& each : page)
      if (gone.size() < limit && is_live(each.lease, now) && is_dead(*each.lease.owner))
        gone.push_back(each);
    after = page.back().run;
  }
}

/// Nobody claims a run that waits for a person, so what that person said is carried out here.
void repeat_command(store& in, const uuid& run, utc_time now) {
  if (const auto waiting = in.commands().undelivered(run))
    command_run(in, {run, waiting->command, waiting->by, waiting->reason, false, now});
}

} // namespace

claim_answer claim_next(store& in, const claim_request& request, const tick_budget& budget) {
  const auto& from = request.from;
  lane_view view;
  auto next = in.runs().next_to_settle(from);
  view.has_settling = next.has_value();
  if (!next) {
    const auto lane = in.lanes().settings(from.env, from.lane);
    auto usage = in.lanes().usage(from.env, from.lane);
    if (lane.concurrent_runs)
      usage.concurrent_runs = in.runs().count_owned(from);
    view.enabled = lane.enabled;
    view.cap_reached =
        budget.is_used_up() || day_is_full(lane, usage, request.now) || lane_is_full(lane, usage);
    const auto capped = budget.used_up_runs();
    next = in.runs().next_to_advance(from, request.now, capped);
    view.has_claimable = next.has_value();
    view.has_capped = !next && !capped.empty() && in.runs().next_to_advance(from, request.now, {});
    view.has_held = !next && in.runs().has_owned(from);
  }
  claim_answer answer;
  answer.outcome = judge_lane(view);
  if (answer.outcome == tick_outcome::ticked)
    answer.run = take(in, *next, request);
  return answer;
}

std::vector<lease_refusal> renew_leases(store& in, const lease_owner& owner,
                                        const std::vector<std::pair<uuid, std::uint64_t>>& leases,
                                        const boot_instant& now, std::chrono::milliseconds ttl) {
  std::vector<lease_refusal> refusals;
  for (const auto& [run, token] : leases) {
    const auto verdict = renew_lease(in.leases().find(run), owner, token, now, ttl);
    if (verdict.granted())
      in.leases().put(run, verdict.record);
    refusals.push_back(verdict.refusal);
  }
  return refusals;
}

bool has_live_owner(store& in, const uuid& run, const boot_instant& now,
                    const std::function<bool(const lease_owner&)>& is_dead) {
  const auto lease = in.leases().find(run);
  return is_live(lease, now) && !(is_dead && is_dead(*lease.owner));
}

void hand_back(store& in, const uuid& run, const fence& by, utc_time now) {
  const auto row = in.runs().find(run);
  run_change change;
  change.run = run;
  change.version = row ? row->version : 0;
  change.by = by;
  change.release = true;
  change_run(in, change, now);
}

std::vector<uuid> reclaim_runs(store& in, const boot_instant& boot_now, utc_time now,
                               const std::function<bool(const lease_owner&)>& is_dead, std::size_t limit) {
  auto gone = in.leases().expired(boot_now, limit);
  if (is_dead)
    add_dead(in, boot_now, is_dead, limit, gone);
  std::vector<uuid> runs;
  for (const auto& each : gone) {
    auto row = in.runs().find(each.run);
    if (!row)
      throw error("store_corrupt",
                  fmt::format("there is a lease of run {}, but no such run", to_string(each.run)));
    run_writer writer(in, *std::move(row), now);
    writer.put_lease(revoke_lease(each.lease));
    const auto freed = writer.write();
    if (waits_for_person(freed.status))
      repeat_command(in, each.run, now);
    runs.push_back(each.run);
  }
  return runs;
}

} // namespace sluice
