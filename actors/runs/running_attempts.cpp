#include "actors/runs/running_attempts.hpp"

#include <utility>

namespace sluice {

void running_attempts::add(std::size_t step, std::uint32_t attempt, std::shared_ptr<step_signal> signal) {
  attempts_[step] = {attempt, std::move(signal), false};
}

bool running_attempts::contains(std::size_t step, std::uint32_t attempt) const {
  const auto found = attempts_.find(step);
  return found != attempts_.end() && found->second.attempt == attempt;
}

void running_attempts::interrupt(std::chrono::milliseconds grace) {
  for (auto& [step, running] : attempts_)
    running.signal->interrupt(grace);
}

void running_attempts::hold(std::uint64_t number) {
  for (auto& [step, running] : attempts_)
    running.signal->hold(number);
}

void running_attempts::resume() {
  for (auto& [step, running] : attempts_)
    running.signal->resume();
}

void running_attempts::extend(std::chrono::nanoseconds deadline) {
  for (auto& [step, running] : attempts_)
    running.signal->extend(deadline);
}

void running_attempts::time_out(std::size_t step, std::chrono::milliseconds grace) {
  auto& running = attempts_.at(step);
  running.timed_out = true;
  running.signal->interrupt(grace);
}

std::optional<attempt_outcome> running_attempts::end(std::size_t step, std::uint32_t attempt,
                                                     attempt_outcome outcome) {
  const auto found = attempts_.find(step);
  if (found == attempts_.end() || found->second.attempt != attempt)
    return std::nullopt;
  const bool late = found->second.timed_out && outcome.status != attempt_status::succeeded;
  attempts_.erase(found);
  if (late)
    return attempt_outcome{
        attempt_status::failed, {}, "timeout", "the attempt took longer than the step's `timeout`", true};
  return outcome;
}

std::vector<std::pair<std::size_t, std::uint32_t>> running_attempts::list() const {
  std::vector<std::pair<std::size_t, std::uint32_t>> result;
  for (const auto& [step, running] : attempts_)
    result.emplace_back(step, running.attempt);
  return result;
}

} // namespace sluice
