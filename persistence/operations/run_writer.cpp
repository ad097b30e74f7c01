#include "persistence/operations/run_writer.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

void run_writer::enter(run_status status, const status_note& note) {
  require_legal(row_.status, status);
  const bool first_time = status == run_status::running && !row_.started_at;
  events_.push_back(status_event(row_.status, status, first_time, note));
  row_.status = status;
  changed_ = true;
  if (first_time)
    row_.started_at = now_;
  if (is_terminal(status))
    row_.finished_at = now_;
  else
    row_.finished_at.reset();
  const bool with_error = status == run_status::failed || status == run_status::blocked;
  row_.error_code = with_error ? note.code : "";
  row_.error_text = !with_error ? "" : note.text.empty() ? note.reason : note.text;
  cascades_ = cascades_ || status == run_status::cancelling;
}

void run_writer::lose_attempts() {
  attempt_outcome lost;
  lost.status = attempt_status::lost;
  for (auto& step : store_->steps().list(row_.id)) {
    if (step.progress.status != step_status::running)
      continue;
    end_attempt(step.progress, lost, {}, now_, {});
    step.finished_at = now_;
    put_step(step);
    add(step_ended_event(step.step, step.progress, lost));
  }
}

void run_writer::renew_budgets() {
  for (auto& step : store_->steps().list(row_.id)) {
    if (step.progress.status == step_status::succeeded)
      continue;
    renew_budget(step.progress);
    put_step(step);
  }
}

void run_writer::put_step(const step_row& step) {
  store_->steps().put(row_.id, step);
  changed_ = true;
}

void run_writer::set_available_at(utc_time moment) {
  row_.available_at = moment;
  changed_ = true;
}

void run_writer::put_lease(const lease_record& lease) {
  lease_ = lease;
  row_.owned = lease.owner.has_value();
  changed_ = true;
}

run_row run_writer::write() {
  auto events = number_events(row_.id, row_.last_seq, now_, std::move(events_));
  events_.clear();
  if (!events.empty())
    row_.last_seq = events.back().seq;
  row_.updated_at = now_;
  const auto seen = row_.version;
  if (changed_)
    ++row_.version;
  if (lease_)
    store_->leases().put(row_.id, *std::exchange(lease_, std::nullopt));
  if (!store_->runs().update(row_, seen))
    throw error("version_conflict",
                fmt::format("run {} is no longer at version {}: read it again", to_string(row_.id), seen));
  fault_point("run.half");
  store_->events().append(events);
  return row_;
}

} // namespace sluice
