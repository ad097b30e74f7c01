#pragma once

#include "model/base/defaults.hpp"
#include "model/base/log.hpp"
#include "model/edge/edge_change.hpp"
#include "model/flow/flow_snapshot.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/message/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caf {
class actor_system;
}

namespace sluice {

/// How flows are run. In a host's system only `log` counts: the rest is the host's.
struct runtime_options {
  /// Worker threads; 0: one per core.
  std::size_t workers = 0;
  /// CAF's scheduler: true for `sharing` (fair), false for `stealing`.
  bool sharing = true;
  /// Hears every log line, on any thread, several at once; none: silence. It must return soon and not throw.
  /// Not called any more once the runtime is destroyed.
  log_sink log = {};
  /// Messages an actor handles before its worker turns to another; at least 1. Above about 50 the tail of
  /// control latency grows.
  std::size_t scheduler_throughput = defaults::scheduler_throughput;
};

/// How one flow is run. Times may be as long as you like (`std::chrono::nanoseconds::max()` is for ever);
/// below zero they are zero. The functions are called on threads of the flow and must return soon; what they
/// throw is logged (`host_call_failed`) and lost.
struct flow_options {
  /// How long a flow that is stopped may take to handle what is under way; then the rest is discarded.
  std::chrono::nanoseconds drain_timeout = defaults::drain_timeout;
  /// How long a handler may take to return after an abort; then its node counts as stuck.
  std::chrono::nanoseconds abort_timeout = defaults::abort_timeout;
  /// Called when every node stands still after the flow's `pause`th call of `pause()`, counted from 1: from
  /// then on none handles data until `resume()`. A pause that is resumed before is passed over. Never after
  /// `wait` has returned.
  std::function<void(std::uint64_t pause)> stands_still = {};
  /// Called once, when the flow has ended and `wait` returns, after those of `when_ended`. It may outlive the
  /// handles, but not the runtime.
  std::function<void(const flow_summary&)> ended = {};
};

/// A running flow. A handle: copies mean the same flow; the runtime keeps it alive until it has ended. Any
/// thread.
class flow {
public:
  /// Waits until the flow has ended and returns its summary. In a handler of a node without a thread of its
  /// own, in a notice of an order and in `stands_still` it throws `error("would_block_worker")`, unless the
  /// flow has ended.
  flow_summary wait() const;
  /// Waits at most `timeout`; nothing when it has not ended by then. Throws likewise when `timeout` is above
  /// 0.
  std::optional<flow_summary> wait_for(std::chrono::nanoseconds timeout) const;

  /// Calls `then` once, when the flow has ended: on a thread of the runtime, or here and now if it has ended
  /// already. As many as you like, in order. `then` must return soon; what it throws is logged
  /// (`host_call_failed`) and lost. It must not destroy the runtime. A flow that outlives all handles calls,
  /// too; once the runtime is destroyed no call is to come, also when it gave up waiting for the flow.
  void when_ended(std::function<void(const flow_summary&)> then) const;
  /// Returns a future of the same; no thread waits for it.
  std::shared_future<flow_summary> done() const;

  /// Called once when `status` shows what an order came to, or the flow has ended: on a thread of the
  /// runtime, or here and now if it has ended already, or its runtime gave up waiting for it and is gone. Not
  /// called if the runtime gives up before. Must return soon; what it throws is logged and lost.
  using order_notice = std::function<void()>;

  /// Sources stop, edges drain; after `drain_timeout` from now (default: the flow's) the rest is discarded.
  void stop(std::optional<std::chrono::nanoseconds> drain_timeout = {}, order_notice then = {}) const;
  /// Ends at once; what is under way is discarded.
  void abort(std::string reason) const;
  /// Nodes handle no data until `resume()`; edges fill up as their policies say. Control still gets through.
  void pause(order_notice then = {}) const;
  /// Goes on after `pause()`; otherwise nothing happens.
  void resume(order_notice then = {}) const;
  /// Sends a control message to node `node` (as if it came by input 0). Returns false when it was not taken:
  /// as many as an edge has places for (64) wait for that node, or the node has ended. One that was taken is
  /// handled, unless the flow is aborted. Throws
  /// `error("unknown_node")`.
  [[nodiscard]] bool send_control(std::string_view node, message control) const;

  /// Gives edge `edge` (`from.port->to.port`) another capacity or band while the flow runs, within a turn of
  /// the edge, also when it is full or its consumer is stuck (docs/flows-live.md says what becomes of the
  /// messages and the credit that are out). `then`, if there is one, is called once on a thread of the
  /// runtime when snapshots show the change, or the flow has ended; it must return soon and not throw. Throws
  /// `error("unknown_edge")` with the nearest id, `error("bad_value")` for a capacity that validation would
  /// not let pass or for nothing to change, `error("flow_ended")`.
  void change_edge(std::string_view edge, const edge_change& change, order_notice then = {}) const;

  /// Returns the counters now: lock-free reads, never waits for an actor.
  flow_snapshot snapshot() const;
  /// Returns the counters of one edge, likewise. Throws as `change_edge` for an unknown one.
  edge_snapshot snapshot_of_edge(std::string_view edge) const;
  /// Returns the status alone.
  flow_status status() const;
  /// What it runs, as it was at the start; valid while a handle lives.
  const flow_plan& plan() const;

private:
  friend class flow_runtime;
  class state;
  explicit flow(std::shared_ptr<state> shared) : state_(std::move(shared)) {}
  std::shared_ptr<state> state_;
};

/// Starts flows in an actor system: its own, or the host's. Destroying it aborts what still runs, all at
/// once, and waits until nothing of yours is called any more: handlers, functions of edges, `stands_still`,
/// `ended`, `when_ended` and notices of orders. At most three times the longest `abort_timeout` of its flows
/// and three seconds: what has not returned by then is logged (`handler_stuck`) and left behind with its
/// thread and the batch in its hands, and nothing else begins; only `on_stop` and destructors of nodes may
/// come when that thread goes on. A call of `log` may take ten seconds more, and is left behind, too. Do not
/// destroy it in a handler. `start` and `snapshots` may be called from any thread.
class flow_runtime {
public:
  /// In an actor system of its own.
  explicit flow_runtime(runtime_options settings = {});
  /// In a host's system, which must outlive this object.
  explicit flow_runtime(caf::actor_system& host, runtime_options settings = {});
  ~flow_runtime();
  flow_runtime(const flow_runtime&) = delete;
  flow_runtime& operator=(const flow_runtime&) = delete;

  /// Starts a validated graph. Throws `error("no_plan")` for none, and `error("runtime_ended")` in a function
  /// that is called while the runtime is being destroyed.
  flow start(std::shared_ptr<const flow_plan> plan, flow_options settings = {});

  /// Snapshots of all flows that this runtime started and that somebody still holds or that still run.
  std::vector<flow_snapshot> snapshots() const;
  /// Returns a function that does the same and may be kept: when the runtime is gone it returns nothing. Any
  /// thread.
  std::function<std::vector<flow_snapshot>()> snapshot_source() const;

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice
