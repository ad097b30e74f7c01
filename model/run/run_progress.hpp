#pragma once

#include "model/run/step_graph.hpp"
#include "model/run/step_links.hpp"
#include "model/run/step_progress.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What comes next in a run that is running.
struct run_outlook {
  enum class kind : std::uint8_t {
    begin,     ///< `ready` may begin now
    wait,      ///< nothing is under way; the next attempt is due at `due`
    busy,      ///< steps are under way and nothing more may begin
    succeeded, ///< every step has succeeded
    failed,    ///< step `failed_step` has failed and nothing is under way any more
  };

  kind next = kind::busy;
  /// `begin`: steps in the order in which they begin.
  std::vector<std::size_t> ready = {};
  /// When the earliest step that waits for its retry is due, if any does and no step has failed.
  std::optional<utc_time> due = {};
  /// The first step, in the order of the document, that has failed.
  std::optional<std::size_t> failed_step = {};

  friend bool operator==(const run_outlook&, const run_outlook&) = default;
};

/// The steps of one run and how far they are. Copies share what does not change; each is used by one thread
/// at a time.
class run_progress {
public:
  explicit run_progress(step_graph graph);

  const step_graph& graph() const noexcept { return plan_->graph; }
  std::size_t size() const noexcept { return steps_.size(); }
  const step_spec& spec(std::size_t step) const { return plan_->graph.steps[step]; }
  const step_progress& step(std::size_t step) const { return steps_[step]; }
  /// Returns the index of the step called `id`, or nothing.
  std::optional<std::size_t> find(std::string_view id) const { return plan_->links.find(id); }

  /// Takes over what a row says of step `step`.
  void restore(std::size_t step, step_progress known) { steps_[step] = std::move(known); }

  /// Says what comes next. Ready are pending steps that are due and whose dependencies have all succeeded:
  /// the entry step first, then by name (bytes compared); at most `parallel` steps are under way together.
  /// Once a step has failed nothing more begins, and the run has failed when the others have ended.
  run_outlook outlook(utc_time now, std::size_t parallel) const;

  /// See the functions of the same name for one step.
  std::uint32_t begin_attempt(std::size_t step) { return sluice::begin_attempt(steps_[step]); }
  void end_attempt(std::size_t step, const attempt_outcome& outcome, utc_time now,
                   const random_source& random);

  /// Marks every attempt under way as lost and returns their steps, in the order of the document.
  std::vector<std::size_t> lose_attempts();
  /// Marks every attempt under way as cancelled and returns their steps.
  std::vector<std::size_t> cancel_attempts();
  /// The run was resumed from an end: unfinished steps get a fresh budget.
  void renew_budgets();

  /// Returns the first step with `defaults::crash_loop_attempts` or more lost attempts in a row.
  std::optional<std::size_t> crash_looping() const;
  /// True when an attempt is under way.
  bool has_running() const noexcept;

  /// Returns the params for an attempt at `step`: references are replaced by results. Throws
  /// `error("bad_reference")`; such an attempt has failed and is not worth another.
  json params_for(std::size_t step) const;

private:
  std::vector<std::size_t> end_all(attempt_status status);
  bool is_ready(std::size_t step, utc_time now) const;
  bool deps_succeeded(std::size_t step) const;

  struct plan {
    explicit plan(step_graph made);

    step_graph graph;
    step_links links;
    /// All steps: the entry step, then by name.
    std::vector<std::size_t> order;
  };

  std::shared_ptr<const plan> plan_;
  std::vector<step_progress> steps_;
};

} // namespace sluice
