#pragma once

#include "runtime/embed/run_runtime.hpp"
#include "runtime/wire/lane_change.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Called at most once, on the thread of a subscription, when no more events will come: with nothing when the
/// run is over, else with why.
using follow_ending = std::function<void(std::exception_ptr why)>;

/// What the commands `sluice runs` and `sluice lanes` need of whoever has the runs: a database file here
/// (`file_runs_client`), a server elsewhere. Each call says what its namesake of `run_runtime` says, and
/// throws as it does, and what opening throws: the other side is only looked for at the first call.
class runs_client {
public:
  virtual ~runs_client() = default;

  /// True when the other side knows by itself who asks: then nobody need say it, and `by` is empty unless
  /// somebody did.
  virtual bool knows_caller() const noexcept { return false; }

  /// The kinds of step that graphs are checked with before they are submitted; none: the other side knows
  /// them, and checks.
  virtual const step_catalog* kinds() const = 0;

  /// `graph`: what `submission.graph` was read from; without `kinds`, the document alone counts. Findings
  /// of the other side are thrown as `http_error`, with paths below `run_graph`.
  virtual created_run submit(const run_submission& submission, const json& graph) = 0;
  virtual created_run retry(const uuid& run, const std::string& by) = 0;
  virtual command_answer command(const uuid& run, run_command what, const std::string& by,
                                 const std::string& reason) = 0;

  virtual std::vector<run_row> list(const run_filter& filter) = 0;
  virtual run_view show(const uuid& run) = 0;
  virtual std::vector<run_event> events(const uuid& run, std::uint64_t since_seq, std::size_t limit) = 0;
  virtual std::vector<run_event> events(std::int64_t since, std::size_t limit) = 0;
  /// `listener` is called on another thread until the returned object goes, or until `ending` was called,
  /// which a database never does.
  virtual std::unique_ptr<run_runtime::subscription>
  subscribe(std::int64_t since, std::optional<uuid> run, event_listener listener, follow_ending ending) = 0;

  virtual tick_report tick(const lane_queue& from) = 0;

  virtual std::vector<lane_row> lanes() = 0;
  virtual lane_settings lane(const lane_queue& which) = 0;
  virtual void change_lane(const lane_queue& which, const lane_change& change, const std::string& by) = 0;
};

} // namespace sluice
