#include "actors/runs/step_actor.hpp"

#include "actors/messaging/send.hpp"
#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/run_event_makers.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace sluice {

namespace {

attempt_outcome failed(std::string code, std::string text, bool retryable) {
  return {attempt_status::failed, {}, std::move(code), std::move(text), retryable};
}

/// Returns the outcome, or why it cannot be stored.
attempt_outcome storable(attempt_outcome outcome) {
  if (outcome.status == attempt_status::running)
    return failed("step_crashed", "the step returned an outcome that is not for steps to return", false);
  const auto size = outcome.result.dump().size();
  if (size > defaults::step_result_bytes)
    return failed("result_too_large",
                  fmt::format("the result has {} bytes; at most {} are kept: write large results to a file "
                              "and return its name",
                              size, defaults::step_result_bytes),
                  false);
  return outcome;
}

} // namespace

attempt_outcome carry_out(const step_job& job, const caf::actor& holder) {
  const auto step = job.attempt.step;
  const auto& token = job.attempt.token;
  step_context context{token, job.attempt.params, *job.signal, job.around->attempt_locks};
  context.log = [&](std::string_view line) {
    send_outside(holder, attempt_noted{step_log_event(token, line)});
  };
  context.progress = [&](double share, std::string_view text) {
    send_outside(holder, attempt_noted{step_progress_event(token, share, text)});
  };
  context.stands_still = [&](std::uint64_t hold) {
    send_outside(holder, attempt_held{step, token.attempt, hold});
  };
  try {
    return storable(job.type->make()->run(context));
  } catch (const error& wrong) {
    return failed(wrong.code(), wrong.what(), true);
  } catch (const std::exception& wrong) {
    return failed("step_crashed", wrong.what(), true);
  } catch (...) {
    return failed("step_crashed", "the step threw something that is no exception of C++", true);
  }
}

step_actor::step_actor(caf::actor_config& config, step_job job, caf::actor holder)
    : flow_actor(config), job_(std::move(job)), holder_(std::move(holder)) {}

caf::behavior step_actor::make_behavior() {
  return {[this](const begin_attempt_order&) {
    fault_point("thread.begun");
    auto outcome = carry_out(job_, holder_);
    fault_point("thread.ending");
    send_normal(this, holder_,
                attempt_ended{job_.attempt.step, job_.attempt.token.attempt, std::move(outcome)});
    quit();
  }};
}

void step_actor::on_exit() {
  holder_ = nullptr;
}

} // namespace sluice
