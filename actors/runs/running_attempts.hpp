#pragma once

#include "model/run/step_progress.hpp"
#include "steps/step_signal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The attempts of one run that are under way, and what each was told. Not shared between threads; the
/// signals are.
class running_attempts {
public:
  void add(std::size_t step, std::uint32_t attempt, std::shared_ptr<step_signal> signal);
  bool contains(std::size_t step, std::uint32_t attempt) const;
  bool empty() const noexcept { return attempts_.empty(); }

  /// Each tells all attempts.
  void interrupt(std::chrono::milliseconds grace);
  void hold(std::uint64_t number);
  void resume();
  void extend(std::chrono::nanoseconds deadline);
  /// The time limit of one attempt has passed: it is to end.
  void time_out(std::size_t step, std::chrono::milliseconds grace);

  /// An attempt has ended: returns its outcome, which is a failure when it was over its time limit. Nothing
  /// when it is not under way.
  std::optional<attempt_outcome> end(std::size_t step, std::uint32_t attempt, attempt_outcome outcome);
  /// Steps and numbers of the attempts.
  std::vector<std::pair<std::size_t, std::uint32_t>> list() const;

private:
  struct entry {
    std::uint32_t attempt = 0;
    std::shared_ptr<step_signal> signal;
    bool timed_out = false;
  };
  std::map<std::size_t, entry> attempts_;
};

} // namespace sluice
