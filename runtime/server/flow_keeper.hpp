#pragma once

#include "model/base/log.hpp"
#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/config/finding.hpp"
#include "model/flow/flow_snapshot.hpp"
#include "model/node/node_catalog.hpp"
#include "runtime/config/environment.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/server/flow_admission.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A flow that a server runs, or that has ended there.
struct kept_flow {
  uuid id;
  std::string name;
  /// Who started it; `configuration` for those of the settings.
  std::string by;
  utc_time started_at;
  std::optional<utc_time> ended_at = {};
  flow handle;
  /// Set once it has ended.
  std::shared_ptr<const flow_summary> summary = {};

  /// Its status now; how it ended, once it has.
  flow_status status() const { return summary ? summary->outcome : handle.status(); }
  /// Its counters now, or those of its end.
  flow_snapshot snapshot() const { return summary ? summary->final : handle.snapshot(); }
};

/// The flows of a server: those that run, and the last hundred that have ended. Any thread; calls do not wait
/// for flows, but for `wait_for_all` and those that start one. Destroying it aborts what runs and waits, with
/// a bound.
class flow_keeper {
public:
  /// The runtime and the catalog must outlive it.
  /// @param environment what `${NAME}` stands for in graphs from files.
  flow_keeper(flow_runtime& runtime, const node_catalog& nodes, std::function<utc_time()> clock, log_sink log,
              environment_lookup environment = {});
  ~flow_keeper();
  flow_keeper(const flow_keeper&) = delete;
  flow_keeper& operator=(const flow_keeper&) = delete;

  /// What starting came to: a flow, or what is wrong with its graph.
  struct start_answer {
    std::optional<kept_flow> started;
    findings found;
  };
  /// Starts the graph in `yaml`. `file`: what it is called in findings, and where files that it includes are
  /// looked for; without it, includes are a finding. `allow_execution`: without, nodes that start programs,
  /// open files or call servers are a finding. Throws `error("draining")` once `stop_all` was called,
  /// `error("bad_name")`, `error("too_many_flows")`. `check` and `start_checked` in one.
  start_answer start(const std::string& yaml, const std::string& file, std::string name, std::string by,
                     bool allow_execution);

  /// Reads and checks a graph: takes time in proportion to it, starts nothing.
  admitted_flow check(const flow_submission& submission) const;
  /// An id for `start_checked`.
  uuid new_id();
  /// Starts what `check` let pass, which may take its time. Throws `error("draining")`,
  /// `error("too_many_flows")`.
  kept_flow start_checked(std::shared_ptr<const flow_plan> plan, const uuid& id, std::string by);

  /// Newest first.
  std::vector<kept_flow> list() const;
  /// For metrics: each flow that runs, and the last one of each name that has ended while none of that name
  /// runs; of one that ended more than five minutes, or 25 others, ago only its name and how it ended.
  std::vector<flow_snapshot> snapshots() const;
  std::optional<kept_flow> find(const uuid& id) const;

  /// All drain; nothing new is started. Returns at once.
  void stop_all(std::chrono::nanoseconds drain_timeout);
  /// Returns whether all have ended within `time`.
  bool wait_for_all(std::chrono::nanoseconds time) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace sluice
