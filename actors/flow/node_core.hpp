#pragma once

#include "actors/flow/node_inputs.hpp"
#include "actors/flow/node_links.hpp"
#include "actors/flow/node_outputs.hpp"
#include "metrics/node_meter.hpp"
#include "model/base/rate_limiter.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/node/node.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Runs one node: serves its inputs in slices, watches its credit, isolates its failures, and takes it from
/// start to stop. No thread and no clock of its own: the node actor feeds it, tests drive it. After each call
/// but `work`, the owner calls `work` while it returns true. Thread: the node's.
class node_core final : private node_host {
public:
  /// @param plan, edges and meter outlive this object.
  node_core(const planned_node& plan, const std::vector<planned_edge>& edges,
            const std::vector<node_inputs::source>& inputs, std::uint64_t source_id, node_meter& meter,
            node_links& links);
  ~node_core();

  /// Makes the node and calls `on_start`. Returns what went wrong, or an empty string.
  std::string start();
  /// From now on messages flow.
  void go();

  void receive(std::size_t input, batch_pointer batch);
  void announce(std::size_t input) { inputs_.announce(input); }
  void add_credit(std::size_t output, std::size_t count, batch_pointer spare);
  void receive_control(std::size_t input, message control, bool from_edge);
  void add_control_credit(std::size_t output);
  void on_timer(node_timer which, std::uint64_t generation);
  /// Somebody outside the flow has something for this node; see `wakeable`.
  void wake();
  void set_flow_paused(bool paused) {
    flow_paused_ = paused;
    interrupted_ = true;
    show_status();
  }
  /// The edge at `input` has another capacity or band from now on.
  void change_input(std::size_t input, const edge_change& change);
  /// The edge at `output` wants `count` of its credit back; returns how much there was to give.
  std::size_t give_back_credit(std::size_t output, std::size_t count) {
    return outputs_.give_back_credit(output, count);
  }
  /// An edge refused a message: `why` is empty for a wrong type.
  void on_refused(message refused, std::string_view why);

  /// Works for one slice. Returns true when there is more to do now.
  bool work();

  /// A source stops producing; others go on until their inputs end.
  void stop();
  /// Feedback inputs are over: nothing can come round the cycle any more.
  void end_feedback();
  /// Discards everything; nothing is handled any more.
  void abort();
  /// Calls `on_stop` unless that happened, and destroys the node; what it still held is discarded.
  void release();

  /// What a probe of a cycle needs: true when nothing is queued or in an outbox here, nor held until a tick.
  /// What is held with no tick to come leaves only at the end.
  bool quiet();
  std::uint64_t traffic() const noexcept { return meter_->in.get() + meter_->out.get(); }

private:
  enum class phase : std::uint8_t { created, started, running, ending, ended, aborted };

  // node_host, for the node's handlers
  void request_tick(std::chrono::nanoseconds after) override;
  void set_paused(std::size_t port, bool paused) override;
  void defer(std::chrono::nanoseconds retry_after) override;
  void fail(message original, std::string_view code, std::string_view text) override;
  void set_held(std::size_t count) override {
    held_ = count;
    meter_->held.set(count);
  }
  void discard(std::size_t count) override { meter_->discarded.add(count); }
  void log(log_level level, std::string_view event, std::string_view text) override;
  void send_control(std::size_t output, message control) override {
    outputs_.send_control(output, prepared(std::move(control)));
    interrupted_ = interrupted_ || outputs_.control_waits();
  }
  std::chrono::nanoseconds now() const override { return links_->now(); }
  bool stopping() const noexcept override { return stopping_ || links_->stopping(); }
  bool aborting() const noexcept override { return phase_ == phase::aborted || links_->aborting(); }

  void enter(phase next) {
    phase_ = next;
    show_status();
  }
  /// Lets snapshots see what the node is doing.
  void show_status();
  bool can_work() const noexcept;
  /// True when another slice would do something.
  bool has_more();
  /// Handles messages, or lets a source produce; returns how many steps were taken.
  std::size_t run_inputs(std::chrono::nanoseconds begin);
  std::size_t run_turn(std::size_t input, std::size_t allowance);
  std::size_t run_batch(std::span<message> messages);
  std::size_t run_source(std::chrono::nanoseconds begin);
  void pause_source();
  void handle(message& head);
  bool slice_is_over() const noexcept { return last_look_ - slice_begin_ > defaults::slice; }
  /// Measures what was handled since the last look; finds stalls.
  void look_at_clock();
  void note_stall(std::chrono::nanoseconds took);
  void arm(node_timer which, std::chrono::nanoseconds after);
  void arm_retry();
  void finish_slice(std::chrono::nanoseconds begin, std::size_t steps);
  void run_due_tick();
  void tick();
  void flush();
  void move_towards_end();
  void begin_end();
  void finish_end();
  void handle_control(std::size_t input, const message& control, bool from_edge);
  void handle_waiting_control();
  void return_control(std::size_t input);
  void return_owed_control();
  bool control_must_wait() const noexcept;
  message prepared(message control) const;
  /// Runs `handler` and turns what it throws into a failure of `original`.
  template <class Handler>
  void guarded(const message* original, Handler&& handler) {
    try {
      handler();
    } catch (...) {
      on_exception(original);
    }
  }
  /// The same for a handler that is called alone.
  template <class Handler>
  void guarded_alone(const message* original, Handler&& handler) {
    const auto begin = links_->now();
    guarded(original, std::forward<Handler>(handler));
    note_stall(links_->now() - begin);
  }
  /// Inside a catch block: turns what was thrown into a failure.
  void on_exception(const message* original);
  void on_failure(message original, std::string_view code, std::string_view text);
  void begin_restart(std::string_view text);
  void restart();
  void stop_node();
  std::string make_node();

  const planned_node* plan_;
  node_meter* meter_;
  node_links* links_;
  node_inputs inputs_;
  node_outputs outputs_;
  node_context context_;
  std::unique_ptr<node> node_;
  /// The same node, if the outside can wake it.
  wakeable* woken_ = nullptr;

  phase phase_ = phase::created;
  bool flow_paused_ = false;
  bool stopping_ = false;
  bool produced_all_ = false;
  bool source_waits_ = false;
  bool restarting_ = false;
  bool failed_ = false;
  /// The outside closed its end: what still comes is taken and discarded, so that nobody waits for this node.
  bool closed_ = false;
  bool node_stopped_ = true;
  bool tick_now_ = false;
  bool deferred_now_ = false;
  bool waiting_reported_ = false;
  /// Somebody outside called before this node could listen.
  bool woken_early_ = false;
  /// A handler asked for something that the messages after this one may have to wait for.
  bool interrupted_ = false;

  /// The input whose turn it is, and what does not change during it.
  struct turn {
    std::size_t input = 0;
    std::size_t port = 0;
    /// Errors pass by a node that could not read them.
    bool typed = false;
    /// The handler's input is needed once more, for an error message, whatever the handler does with it.
    bool keeps_original = false;
    /// Nothing of that, nor a message that was deferred: the short way.
    bool plain = false;
  };
  turn turn_;

  /// The clock is looked at when more messages than this were handled since the last look.
  std::size_t clock_interval_ = 0;
  std::size_t since_look_ = 0;
  std::chrono::nanoseconds slice_begin_{0};
  std::chrono::nanoseconds last_look_{0};
  std::size_t held_ = 0;
  unsigned restarts_ = 0;
  std::chrono::nanoseconds restarted_at_{0};
  /// Calls of `produce` in a row that threw.
  unsigned produce_failures_ = 0;
  std::array<std::uint64_t, node_timer_count> generations_{};
  std::array<bool, node_timer_count> armed_{};
  std::chrono::nanoseconds tick_due_{0};
  std::chrono::nanoseconds retry_due_{0};
  std::deque<std::pair<std::size_t, message>> waiting_control_;
  /// Inputs whose places are not free until so much control has left late; see
  /// `node_outputs::control_sent_late`.
  std::deque<std::pair<std::size_t, std::uint64_t>> owed_control_;
  rate_limiter failure_log_;
  std::map<std::string, rate_limiter, std::less<>> node_log_;
};

} // namespace sluice
