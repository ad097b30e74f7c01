#include "persistence/operations/create_run.hpp"

#include "model/run/run_event_makers.hpp"

#include <optional>

namespace sluice {

namespace {

run_row row_of(const run_submission& submission, const uuid& id, utc_time now) {
  run_row row;
  row.id = id;
  row.env = submission.env;
  row.lane = submission.lane;
  row.mode = submission.mode;
  row.job_type = submission.job_type;
  row.requested_by = submission.requested_by;
  row.priority = submission.priority;
  row.available_at = submission.available_at.value_or(now);
  row.created_at = now;
  row.updated_at = now;
  row.parent_run_id = submission.parent_run_id.value_or(uuid{});
  row.retry_of = submission.retry_of.value_or(uuid{});
  row.idempotency_key = submission.idempotency_key;
  row.last_seq = 1;
  return row;
}

/// Returns the run that has the key, if it was asked for in the same words.
std::optional<created_run> find_existing(store& in, const run_submission& submission,
                                         const std::string& digest) {
  const auto holder = in.runs().find_by_key(submission.env, *submission.idempotency_key);
  switch (judge_key(holder ? std::optional(holder->body_digest) : std::nullopt, digest)) {
  case idempotency_verdict::existing:
    return created_run{holder->id, true};
  case idempotency_verdict::conflict:
    throw_conflict(*submission.idempotency_key, holder->id);
  case idempotency_verdict::create:
    break;
  }
  return std::nullopt;
}

} // namespace

created_run create_run(store& in, const run_submission& submission, const uuid& id, utc_time now) {
  auto row = row_of(submission, id, now);
  if (submission.idempotency_key) {
    row.body_digest = submission_digest(submission);
    if (const auto existing = find_existing(in, submission, row.body_digest))
      return *existing;
  }
  in.runs().insert(row, {to_json(submission.graph).dump(), submission.params.dump()});
  auto events = number_events(id, 0, now, {created_event(submission)});
  in.events().append(events);
  return {id, false};
}

} // namespace sluice
