#include "model/run/step_progress.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

void enter(step_progress& step, step_status status) {
  require_legal(step.status, status);
  step.status = status;
}

void require_under_way(const step_progress& step) {
  if (step.status != step_status::running)
    throw error("invalid_transition",
                fmt::format("a step that is {} has no attempt that could end", to_string(step.status)));
}

void fail_attempt(step_progress& step, const attempt_outcome& outcome, const retry_policy& policy,
                  utc_time now, const random_source& random) {
  ++step.failures;
  step.error_code = outcome.code;
  step.error_text = outcome.text;
  if (!outcome.retryable || step.failures >= policy.max_attempts)
    return enter(step, step_status::failed);
  enter(step, step_status::pending);
  step.not_before = now + retry_delay(policy, step.failures, random);
}

} // namespace

std::uint32_t begin_attempt(step_progress& step) {
  enter(step, step_status::running);
  step.not_before.reset();
  return ++step.attempts;
}

void end_attempt(step_progress& step, const attempt_outcome& outcome, const retry_policy& policy,
                 utc_time now, const random_source& random) {
  require_under_way(step);
  require_legal(attempt_status::running, outcome.status);
  step.lost_in_row = outcome.status == attempt_status::lost ? step.lost_in_row + 1 : 0;
  step.error_code.clear();
  step.error_text.clear();
  switch (outcome.status) {
  case attempt_status::succeeded:
    enter(step, step_status::succeeded);
    step.result = outcome.result;
    break;
  case attempt_status::failed:
    fail_attempt(step, outcome, policy, now, random);
    break;
  case attempt_status::cancelled:
    enter(step, step_status::cancelled);
    break;
  case attempt_status::lost:
  case attempt_status::running:
    enter(step, step_status::pending);
    break;
  }
}

void renew_budget(step_progress& step) {
  if (step.status == step_status::succeeded)
    return;
  if (step.status == step_status::running)
    throw error("invalid_transition", "a step that is running keeps its budget until its attempt has ended");
  if (step.status != step_status::pending)
    enter(step, step_status::pending);
  step.failures = 0;
  step.lost_in_row = 0;
  step.not_before.reset();
  step.error_code.clear();
  step.error_text.clear();
}

} // namespace sluice
