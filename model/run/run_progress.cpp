#include "model/run/run_progress.hpp"

#include "model/run/run_defaults.hpp"
#include "model/run/step_reference.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sluice {

run_progress::plan::plan(step_graph made) : graph(std::move(made)), links(graph), order(graph.steps.size()) {
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rank = [&](std::size_t step) {
    const auto& id = graph.steps[step].id;
    return std::pair(graph.entry_step != id, std::string_view(id));
  };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
}

run_progress::run_progress(step_graph graph)
    : plan_(std::make_shared<const plan>(std::move(graph))), steps_(plan_->graph.steps.size()) {}

run_outlook run_progress::outlook(utc_time now, std::size_t parallel) const {
  run_outlook result;
  const auto is = [](step_status status) {
    return [status](const step_progress& step) { return step.status == status; };
  };
  const auto running =
      static_cast<std::size_t>(std::count_if(steps_.begin(), steps_.end(), is(step_status::running)));
  // A cancelled step in a run that goes on would never end: it counts as failed.
  const auto failed = std::find_if(steps_.begin(), steps_.end(), [](const step_progress& step) {
    return step.status == step_status::failed || step.status == step_status::cancelled;
  });
  if (failed != steps_.end()) {
    result.failed_step = static_cast<std::size_t>(failed - steps_.begin());
    result.next = running > 0 ? run_outlook::kind::busy : run_outlook::kind::failed;
    return result;
  }
  if (std::all_of(steps_.begin(), steps_.end(), is(step_status::succeeded))) {
    result.next = run_outlook::kind::succeeded;
    return result;
  }
  for (const auto step : plan_->order) {
    const auto& due = steps_[step].not_before;
    if (is_ready(step, now) && running + result.ready.size() < parallel)
      result.ready.push_back(step);
    else if (steps_[step].status == step_status::pending && due && *due > now)
      result.due = std::min(*due, result.due.value_or(*due));
  }
  if (!result.ready.empty())
    result.next = run_outlook::kind::begin;
  else
    result.next = running > 0 ? run_outlook::kind::busy : run_outlook::kind::wait;
  return result;
}

void run_progress::end_attempt(std::size_t step, const attempt_outcome& outcome, utc_time now,
                               const random_source& random) {
  sluice::end_attempt(steps_[step], outcome, spec(step).retry, now, random);
}

std::vector<std::size_t> run_progress::lose_attempts() {
  return end_all(attempt_status::lost);
}

std::vector<std::size_t> run_progress::cancel_attempts() {
  return end_all(attempt_status::cancelled);
}

std::vector<std::size_t> run_progress::end_all(attempt_status status) {
  attempt_outcome outcome;
  outcome.status = status;
  std::vector<std::size_t> ended;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    if (steps_[step].status != step_status::running)
      continue;
    // Neither outcome is retried after a pause, so neither looks at time or chance.
    sluice::end_attempt(steps_[step], outcome, spec(step).retry, utc_time{}, {});
    ended.push_back(step);
  }
  return ended;
}

void run_progress::renew_budgets() {
  for (auto& step : steps_)
    renew_budget(step);
}

std::optional<std::size_t> run_progress::crash_looping() const {
  for (std::size_t step = 0; step < steps_.size(); ++step)
    if (steps_[step].lost_in_row >= defaults::crash_loop_attempts)
      return step;
  return std::nullopt;
}

bool run_progress::has_running() const noexcept {
  return std::any_of(steps_.begin(), steps_.end(),
                     [](const step_progress& step) { return step.status == step_status::running; });
}

json run_progress::params_for(std::size_t step) const {
  return substitute_references(spec(step).params, [&](std::string_view id) -> const json* {
    const auto target = plan_->links.find(id);
    if (!target || steps_[*target].status != step_status::succeeded)
      return nullptr;
    return &steps_[*target].result;
  });
}

bool run_progress::is_ready(std::size_t step, utc_time now) const {
  const auto& progress = steps_[step];
  return progress.status == step_status::pending && (!progress.not_before || *progress.not_before <= now) &&
         deps_succeeded(step);
}

bool run_progress::deps_succeeded(std::size_t step) const {
  const auto& deps = plan_->links.deps(step);
  return std::all_of(deps.begin(), deps.end(),
                     [&](std::size_t dep) { return steps_[dep].status == step_status::succeeded; });
}

} // namespace sluice
