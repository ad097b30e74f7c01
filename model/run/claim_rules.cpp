#include "model/run/claim_rules.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

/// The way of a claimed run whose steps are sound.
std::vector<run_status> path_on(run_status status) {
  switch (status) {
  case run_status::queued:
    return {run_status::preparing};
  case run_status::pausing:
    return {run_status::paused};
  case run_status::cancelling:
    return {run_status::cancelled};
  default:
    return {};
  }
}

} // namespace

work_kind work_of(run_status status) noexcept {
  switch (status) {
  case run_status::queued:
  case run_status::preparing:
  case run_status::running:
    return work_kind::advance;
  case run_status::pausing:
  case run_status::cancelling:
    return work_kind::settle;
  default:
    return work_kind::none;
  }
}

bool is_held(const claim_situation& run, utc_time now) noexcept {
  const auto work = work_of(run.status);
  // What halts does so at once: a run whose retry is due in an hour is cancelled now.
  const bool due = work == work_kind::settle || run.available_at <= now;
  return work != work_kind::none && due && (run.lane_enabled || work == work_kind::settle);
}

bool is_claimable(const claim_situation& run, utc_time now) noexcept {
  return !run.owned && is_held(run, now);
}

recovery_plan recover_run(run_status status, run_progress& steps) {
  const auto work = work_of(status);
  if (work == work_kind::none)
    throw internal_error(fmt::format("a run that is {} was claimed", to_string(status)));
  recovery_plan plan;
  plan.lost = steps.lose_attempts();
  plan.path = path_on(status);
  plan.proceed = work == work_kind::advance;
  const auto looping = plan.proceed ? steps.crash_looping() : std::nullopt;
  if (!looping)
    return plan;
  const auto& id = steps.spec(*looping).id;
  plan.path.push_back(run_status::failed);
  plan.error_code = "crash_loop";
  plan.error_text =
      fmt::format("the last {} attempts at step '{}' were lost with their worker; look for what "
                  "kills it, then resume the run",
                  steps.step(*looping).lost_in_row, id);
  plan.proceed = false;
  return plan;
}

} // namespace sluice
