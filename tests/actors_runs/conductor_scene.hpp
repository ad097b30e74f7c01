#pragma once

#include "actors/runs/run_conductor.hpp"
#include "model/run/run_event.hpp"
#include "tests/support/step_catalogs.hpp"
#include "tests/support/store_scene.hpp"

#include <optional>
#include <string>

namespace sluice {

/// A conductor over a claimed run in a store in memory: each turn is written as its actor would write it.
struct conductor_scene : store_scene<memory_backend> {
  step_catalog catalog = test_steps();
  step_policy policy;
  conductor_settings settings{first};
  std::optional<run_conductor> conductor;
  /// The last turn, and what the store made of it.
  run_turn turn;
  std::optional<boundary_answer> answer;
  std::int64_t commands = 0;

  /// Submits a run, claims it and takes its first turn.
  uuid begin(step_graph graph) {
    run_submission submission;
    submission.graph = std::move(graph);
    const auto id = submit(submission).id;
    take_up();
    return id;
  }

  void take_up() {
    auto claimed = claim(first);
    conductor.emplace(*std::move(claimed.run), settings, catalog, &policy);
    write(conductor->advance(now));
  }

  void write(run_turn next) {
    turn = std::move(next);
    answer.reset();
    if (!turn.writes())
      return;
    answer = commit([&] { return cross_boundary(in(), turn.ended, turn.next, now); });
    conductor->written(answer->row);
    if (turn.next && !answer->continued)
      conductor->not_begun(turn);
  }

  void end(std::size_t step, attempt_outcome outcome = {}) {
    write(conductor->end_attempt(step, conductor->steps().step(step).attempts, std::move(outcome), now,
                                 [] { return std::uint64_t{0}; }));
  }

  void fail(std::size_t step, bool retryable = true) {
    end(step, {attempt_status::failed, {}, "broken", "it broke", retryable});
  }

  /// A command as the watcher tells of it.
  void command(const uuid& run, run_command what) {
    tell(run, what);
    const auto waiting = commit([&] { return in().commands().undelivered(run); });
    if (waiting)
      write(conductor->tell(*waiting, now));
  }

  /// The steps of the last turn that begin, with a space between.
  std::string begun() const {
    std::string text;
    for (const auto& each : turn.begin)
      text += (text.empty() ? "" : " ") + each.token.step;
    return text;
  }

  run_status status(const uuid& run) { return row(run).status; }
};

} // namespace sluice
