#include "runtime/embed/flow_runtime.hpp"

#include "actors/flow/flow_supervisor.hpp"
#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/send.hpp"
#include "model/base/bounded_wait.hpp"
#include "runtime/embed/flow_state.hpp"
#include "runtime/embed/own_system.hpp"
#include "runtime/embed/worker_wait.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

namespace sluice {

namespace {

void refuse_to_hold_worker(const flow_plan& plan) {
  sluice::refuse_to_hold_worker("the end of the flow '" + plan.name() + "'", "use when_ended");
}

} // namespace

flow_summary flow::wait() const {
  std::unique_lock lock(state_->mutex);
  if (!state_->summary)
    refuse_to_hold_worker(plan());
  state_->changed.wait(lock, [&] { return state_->summary.has_value(); });
  return *state_->summary;
}

std::optional<flow_summary> flow::wait_for(std::chrono::nanoseconds timeout) const {
  std::unique_lock lock(state_->mutex);
  if (!state_->summary && timeout.count() > 0)
    refuse_to_hold_worker(plan());
  state_->changed.wait_for(lock, bounded_wait(timeout), [&] { return state_->summary.has_value(); });
  return state_->summary;
}

void flow::when_ended(std::function<void(const flow_summary&)> then) const {
  state_->when_ended(std::move(then));
}

std::shared_future<flow_summary> flow::done() const {
  return state_->done;
}

void flow::stop(std::optional<std::chrono::nanoseconds> drain_timeout, order_notice then) const {
  state_->command(flow_order::stop, drain_timeout ? bounded_wait(*drain_timeout).count() : -1, {},
                  std::move(then));
}

void flow::abort(std::string reason) const {
  state_->command(flow_order::abort, -1, std::move(reason));
}
void flow::pause(order_notice then) const {
  state_->command(flow_order::pause, -1, {}, std::move(then));
}
void flow::resume(order_notice then) const {
  state_->command(flow_order::resume, -1, {}, std::move(then));
}

bool flow::send_control(std::string_view node, message control) const {
  const auto index = require_node(state_->board->plan(), node);
  if (!state_->target() || !state_->board->outside_control(index).take())
    return false;
  message stamped(control.content(), message_kind::control);
  stamped.set_key(control.key());
  stamped.set_trace(control.trace());
  stamped.set_timestamp(std::chrono::system_clock::now().time_since_epoch());
  return state_->handles->send_control(index, std::move(stamped));
}

void flow::change_edge(std::string_view edge, const edge_change& change, order_notice then) const {
  const auto& plan = state_->board->plan();
  const auto index = require_edge(plan, edge);
  check_change(change);
  auto [to, notice] = state_->address_of(then);
  if (!to)
    throw error("flow_ended",
                fmt::format("the flow '{}' has ended; nothing about it can change", plan.name()));
  send_urgent(to, change_request{index, change, std::move(notice)});
}

flow_snapshot flow::snapshot() const {
  return state_->board->snapshot();
}

edge_snapshot flow::snapshot_of_edge(std::string_view edge) const {
  return state_->board->snapshot_of_edge(require_edge(plan(), edge));
}

const flow_plan& flow::plan() const {
  return state_->board->plan();
}

flow_status flow::status() const {
  return state_->board->status();
}

class flow_runtime::implementation {
public:
  explicit implementation(const runtime_options& settings)
      : log_(std::make_shared<log_gate>(settings.log)),
        own_system_(std::in_place, settings.workers, settings.sharing, settings.scheduler_throughput),
        system_(&own_system_->get()) {}

  implementation(caf::actor_system& host, runtime_options settings)
      : log_(std::make_shared<log_gate>(std::move(settings.log))), system_(&host) {}

  /// Functions of the host that it still calls may use the runtime.
  void end() {
    const auto all = known_->close();
    for (const auto& each : all)
      each->command(flow_order::abort, -1, "the runtime was destroyed");
    const auto deadline = std::chrono::steady_clock::now() + 3 * abort_timeout_ + std::chrono::seconds{2};
    std::vector<std::shared_ptr<flow::state>> given_up;
    for (const auto& each : all)
      if (!each->wait_until_told(deadline))
        given_up.push_back(each);
    const auto last_look = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    for (const auto& each : given_up)
      each->wait_for_nodes(last_look);
    if (!given_up.empty())
      *stuck_ = true;
    if (*stuck_) {
      // A handler that never returns holds its thread; waiting for it would hold the process.
      log_gate::write_aside(
          log_, log_level::error, "handler_stuck",
          "a handler or another function of the host did not return; its thread is left behind");
      if (own_system_)
        own_system_->leave_behind();
    }
    log_->shut();
  }

  flow start(std::shared_ptr<const flow_plan> plan, flow_options settings) {
    if (!plan)
      throw error("no_plan", "a graph that did not validate cannot run");
    const bool tells_still = static_cast<bool>(settings.stands_still);
    auto state = std::make_shared<flow::state>(std::move(plan), log_gate::through(log_),
                                               std::move(settings.ended), std::move(settings.stands_still));
    const auto abort_timeout = bounded_wait(settings.abort_timeout);
    std::random_device random;
    const auto seed = (std::uint64_t{random()} << 32) | random();
    supervisor_parts parts{state->board,
                           state->handles,
                           seed,
                           bounded_wait(settings.drain_timeout),
                           abort_timeout,
                           log_gate::through(log_),
                           [state, stuck = stuck_](flow_ending ending) {
                             if (!ending.stuck.empty() || !ending.stuck_edges.empty())
                               *stuck = true;
                             state->finish(std::move(ending));
                           },
                           {}};
    if (tells_still)
      parts.stands_still = [state](std::uint64_t pause) { state->tell_still(pause); };
    const logger_mark unmarked;
    // The destructor's abort comes after the start, or the start is refused.
    const std::lock_guard lock(known_->mutex);
    if (known_->closed)
      throw error("runtime_ended",
                  fmt::format("the flow '{}' cannot start: its runtime is being destroyed; use another one",
                              state->board->plan().name()));
    // A thread of its own: it must hear of deadlines also when handlers hold every worker.
    state->supervisor = system_->spawn<flow_supervisor, caf::detached>(std::move(parts));
    abort_timeout_ = std::max(abort_timeout_, abort_timeout);
    std::erase_if(known_->flows, [](const auto& each) { return each.expired(); });
    known_->flows.push_back(state);
    state->command(flow_order::start);
    return flow(std::move(state));
  }

  std::vector<flow_snapshot> snapshots() const { return known_->snapshots(); }

  std::function<std::vector<flow_snapshot>()> snapshot_source() const {
    return [weak = std::weak_ptr<const known_flows>(known_)] {
      const auto there = weak.lock();
      return there ? there->snapshots() : std::vector<flow_snapshot>{};
    };
  }

private:
  /// May outlive the runtime while somebody takes snapshots.
  struct known_flows {
    std::vector<flow_snapshot> snapshots() const {
      std::vector<flow_snapshot> all;
      const std::lock_guard lock(mutex);
      for (const auto& each : flows)
        if (const auto state = each.lock())
          all.push_back(state->board->snapshot());
      return all;
    }

    /// No flow starts any more. Returns those that somebody holds, or whose end is still to be told.
    std::vector<std::shared_ptr<flow::state>> close() {
      std::vector<std::shared_ptr<flow::state>> left;
      const std::lock_guard lock(mutex);
      closed = true;
      for (const auto& each : flows)
        if (auto state = each.lock())
          left.push_back(std::move(state));
      return left;
    }

    mutable std::mutex mutex;
    std::vector<std::weak_ptr<flow::state>> flows;
    bool closed = false;
  };

  std::shared_ptr<log_gate> log_;
  /// A handler did not return.
  std::shared_ptr<std::atomic<bool>> stuck_ = std::make_shared<std::atomic<bool>>(false);
  std::optional<own_system> own_system_;
  caf::actor_system* system_;
  std::shared_ptr<known_flows> known_ = std::make_shared<known_flows>();
  std::chrono::nanoseconds abort_timeout_{0};
};

flow_runtime::flow_runtime(runtime_options settings)
    : implementation_(std::make_unique<implementation>(settings)) {}
flow_runtime::flow_runtime(caf::actor_system& host, runtime_options settings)
    : implementation_(std::make_unique<implementation>(host, std::move(settings))) {}
flow_runtime::~flow_runtime() {
  implementation_->end();
}

flow flow_runtime::start(std::shared_ptr<const flow_plan> plan, flow_options settings) {
  return implementation_->start(std::move(plan), std::move(settings));
}

std::vector<flow_snapshot> flow_runtime::snapshots() const {
  return implementation_->snapshots();
}

std::function<std::vector<flow_snapshot>()> flow_runtime::snapshot_source() const {
  return implementation_->snapshot_source();
}

} // namespace sluice
