#include "persistence/operations/create_run.hpp"

#include "model/base/fault_point.hpp"
#include "model/run/run_event_makers.hpp"

#include <optional>

namespace sluice {

namespace {

/// Returns the run that has the key, if it was asked for in the same words.
std::optional<created_run> find_existing(store& in, const run_row& run) {
  const auto holder = in.runs().find_by_key(run.env, *run.idempotency_key);
  switch (judge_key(holder ? std::optional(holder->body_digest) : std::nullopt, run.body_digest)) {
  case idempotency_verdict::existing:
    return created_run{holder->id, true};
  case idempotency_verdict::conflict:
    throw_conflict(*run.idempotency_key, holder->id);
  case idempotency_verdict::create:
    break;
  }
  return std::nullopt;
}

} // namespace

new_run prepare_run(const run_submission& submission) {
  new_run made;
  auto& row = made.row;
  row.env = submission.env;
  row.lane = submission.lane;
  row.mode = submission.mode;
  row.job_type = submission.job_type;
  row.requested_by = submission.requested_by;
  row.priority = submission.priority;
  row.parent_run_id = submission.parent_run_id.value_or(uuid{});
  row.retry_of = submission.retry_of.value_or(uuid{});
  row.idempotency_key = submission.idempotency_key;
  if (submission.idempotency_key)
    row.body_digest = submission_digest(submission);
  row.last_seq = 1;
  made.body = {to_json(submission.graph).dump(), submission.params.dump()};
  made.created = created_event(submission);
  made.available_at = submission.available_at;
  return made;
}

created_run create_run(store& in, const new_run& run, const uuid& id, utc_time now, bool audited) {
  auto row = run.row;
  row.id = id;
  row.available_at = run.available_at.value_or(now);
  row.created_at = now;
  row.updated_at = now;
  if (row.idempotency_key)
    if (const auto existing = find_existing(in, row))
      return *existing;
  fault_point("create.begun");
  in.runs().insert(row, run.body);
  auto events = number_events(id, 0, now, {run.created});
  in.events().append(events);
  if (audited)
    in.audit().append({0, now, row.requested_by, "run.create", to_string(id)});
  fault_point("create.written");
  return {id, false};
}

created_run create_run(store& in, const run_submission& submission, const uuid& id, utc_time now,
                       bool audited) {
  return create_run(in, prepare_run(submission), id, now, audited);
}

} // namespace sluice
