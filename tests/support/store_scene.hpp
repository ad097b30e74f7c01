#pragma once

#include "model/run/submission.hpp"
#include "persistence/memory/memory_store.hpp"
#include "persistence/operations/claim_run.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/create_run.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/step_graphs.hpp"

#include <chrono>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace sluice {

/// The kinds of store that every conformance test runs over; each has `get()`.
struct memory_backend {
  memory_store opened;
  store& get() { return opened; }
};
struct sqlite_backend {
  scratch_folder folder;
  sqlite_store opened{{folder.path() / "runs.db"}, parse_utc_time("2026-11-21T11:59:59.000Z").value()};
  store& get() { return opened; }
};
using store_backends = std::tuple<memory_backend, sqlite_backend>;

/// A store with a clock that the test moves, and the operations in a transaction each.
template <class Backend>
struct store_scene {
  Backend backend;
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  boot_instant boot{"boot-1", std::chrono::seconds{100}};
  lease_owner first{"boot-1", 100, 5000, 1};
  lease_owner second{"boot-1", 200, 6000, 2};
  uuid_maker ids{[next = std::uint64_t{0}]() mutable { return next++; }};
  tick_budget budget{{}};

  store& in() { return backend.get(); }

  /// Calls `act` in a transaction that is committed unless it throws.
  template <class Act>
  auto commit(Act act) {
    store_transaction transaction(in());
    auto result = act();
    transaction.commit();
    return result;
  }

  /// Both clocks go on.
  void wait(std::chrono::milliseconds time) {
    now += time;
    boot.since_boot += time;
  }

  created_run submit(const run_submission& submission) {
    return commit([&] { return create_run(in(), submission, ids.make(now), now); });
  }
  /// Submits a run of noop steps, each after the one before.
  uuid submit_chain(const std::vector<std::string>& steps) {
    run_submission submission;
    submission.graph = chain_of(steps);
    return submit(submission).id;
  }

  claim_answer claim(const lease_owner& owner, const std::string& lane = "default") {
    return commit([&] { return claim_next(in(), {{"default", lane}, owner, boot, now}, budget); });
  }

  command_answer tell(const uuid& run, run_command command) {
    return commit([&] {
      const bool owned = has_live_owner(in(), run, boot, {});
      return command_run(in(), {run, command, "ann", "because", owned, now});
    });
  }

  run_row row(const uuid& run) {
    return commit([&] { return in().runs().find(run).value(); });
  }

  /// The kinds of a run's events, in order, with a space between.
  std::string story(const uuid& run) {
    const auto events = commit([&] { return in().events().of_run(run, 0, 1000); });
    std::string text;
    for (const auto& event : events) {
      text += (text.empty() ? "" : " ") + std::string(to_string(event.kind));
      require_payload({event.kind, event.payload});
    }
    return text;
  }

  /// Carries a claimed run to its end: every step succeeds. Returns the row then.
  run_row finish(claimed_run& run, const lease_owner& owner) {
    begin_running(run, owner);
    for (auto next = run.steps.outlook(now, 1); next.next == run_outlook::kind::begin;
         next = run.steps.outlook(now, 1))
      take_step(run, owner, next.ready.front());
    auto change = change_of(run, owner);
    change.acts = {status_change{run_status::succeeded}};
    change.release = true;
    return apply(run, change);
  }

  void begin_running(claimed_run& run, const lease_owner& owner) {
    if (run.row.status == run_status::running)
      return;
    auto change = change_of(run, owner);
    change.acts = {status_change{run_status::running}};
    apply(run, change);
  }

  void begin_step(claimed_run& run, const lease_owner& owner, std::size_t step) {
    auto change = change_of(run, owner);
    const auto attempt = run.steps.begin_attempt(step);
    const auto& spec = run.steps.spec(step);
    change.steps = {{spec.id, run.steps.step(step), now}};
    change.acts = {step_started_event({run.row.id, spec.id, attempt, run.token}, spec.kind)};
    change.ticks = 1;
    apply(run, change);
  }

  void end_step(claimed_run& run, const lease_owner& owner, std::size_t step,
                const attempt_outcome& outcome = {}) {
    auto change = change_of(run, owner);
    run.steps.end_attempt(step, outcome, now, [] { return std::uint64_t{0}; });
    change.steps = {{run.steps.spec(step).id, run.steps.step(step), now, now}};
    change.acts = {step_ended_event(run.steps.spec(step).id, run.steps.step(step), outcome)};
    apply(run, change);
  }

  void take_step(claimed_run& run, const lease_owner& owner, std::size_t step) {
    begin_step(run, owner, step);
    end_step(run, owner, step);
  }

  run_change change_of(const claimed_run& run, const lease_owner& owner) {
    run_change change;
    change.run = run.row.id;
    change.version = run.row.version;
    change.by = {owner, run.token};
    return change;
  }

  run_row apply(claimed_run& run, const run_change& change) {
    run.row = commit([&] { return change_run(in(), change, now); });
    return run.row;
  }
};

} // namespace sluice
