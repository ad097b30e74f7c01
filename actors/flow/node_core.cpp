#include "actors/flow/node_core.hpp"

#include "model/base/bounded_wait.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

namespace {

/// Lines of one event a second.
constexpr unsigned log_burst = 10;

} // namespace

node_core::node_core(const planned_node& plan, const std::vector<planned_edge>& edges,
                     const std::vector<node_inputs::source>& inputs, std::uint64_t source_id,
                     node_meter& meter, node_links& links)
    : plan_(&plan),
      meter_(&meter),
      links_(&links),
      inputs_(inputs, plan.ports.inputs.size(), links),
      outputs_(plan, edges, links),
      context_(*this, outputs_.ports()),
      failure_log_(log_burst, std::chrono::seconds{1}) {
  context_.set_source(source_id);
}

node_core::~node_core() {
  release();
}

std::string node_core::make_node() {
  try {
    node_ = plan_->make();
    woken_ = dynamic_cast<wakeable*>(node_.get());
    if (woken_ != nullptr)
      woken_->set_waker(links_->waker());
    node_stopped_ = false;
    context_.set_timestamp(links_->wall_time());
    node_->on_start(context_);
    return {};
  } catch (const std::exception& failed) {
    return fmt::format("node '{}' did not start: {}", plan_->id, failed.what());
  } catch (...) {
    return fmt::format("node '{}' did not start: it threw something that is not a std::exception", plan_->id);
  }
}

std::string node_core::start() {
  // The abort of a flow whose supervisor is held up comes past the orders of that.
  if (phase_ == phase::aborted)
    return {};
  enter(phase::started);
  return make_node();
}

void node_core::go() {
  if (phase_ != phase::started)
    return;
  enter(phase::running);
  handle_waiting_control();
  if (woken_early_)
    wake();
}

void node_core::receive(std::size_t input, batch_pointer batch) {
  if (phase_ != phase::aborted)
    inputs_.push(input, std::move(batch));
}

void node_core::add_credit(std::size_t output, std::size_t count, batch_pointer spare) {
  if (phase_ != phase::aborted)
    outputs_.add_credit(output, count, std::move(spare));
  meter_->outbox.set(outputs_.outbox());
}

void node_core::change_input(std::size_t input, const edge_change& change) {
  if (change.capacity)
    inputs_.set_capacity(input, *change.capacity);
  if (change.band)
    inputs_.set_band(input, *change.band);
}

void node_core::show_status() {
  const auto seen = [this] {
    if (phase_ == phase::created || phase_ == phase::started)
      return node_status::starting;
    if (phase_ == phase::ending)
      return node_status::ending;
    if (phase_ == phase::ended)
      return node_status::ended;
    if (phase_ == phase::aborted)
      return node_status::aborted;
    if (restarting_)
      return node_status::restarting;
    return flow_paused_ ? node_status::paused : node_status::running;
  };
  meter_->status.store(seen(), std::memory_order_relaxed);
}

bool node_core::can_work() const noexcept {
  return phase_ == phase::running && !flow_paused_ && !restarting_ && !failed_ && outputs_.outbox() == 0 &&
         !outputs_.control_waits();
}

bool node_core::work() {
  if (phase_ == phase::ended || phase_ == phase::aborted)
    return false;
  const auto begin = links_->now();
  context_.set_timestamp(links_->wall_time());
  std::size_t steps = 0;
  if (can_work())
    steps = plan_->is_source() ? run_source(begin) : run_inputs(begin);
  flush();
  run_due_tick();
  move_towards_end();
  finish_slice(begin, steps);
  const bool more = has_more();
  // While there is more, credit goes back in quarters of the capacity: crumbs of it would make batches of
  // crumbs.
  if (!more)
    inputs_.acknowledge_all();
  return more;
}

bool node_core::has_more() {
  if (!can_work())
    return false;
  // A tick may ask for the next one "now".
  if (tick_now_)
    return true;
  if (!outputs_.has_room(context_))
    return false;
  return plan_->is_source() ? !produced_all_ && !source_waits_ : inputs_.any_ready();
}

void node_core::run_due_tick() {
  // A tick "now" comes after the messages of its slice: sinks gather what they write.
  if (!tick_now_ || flow_paused_ || outputs_.control_waits() || restarting_ || phase_ == phase::ended ||
      phase_ == phase::aborted)
    return;
  tick_now_ = false;
  tick();
}

void node_core::tick() {
  source_waits_ = false;
  meter_->observe_tick(links_->now() - tick_due_);
  guarded_alone(nullptr, [&] { node_->on_tick(context_); });
  flush();
}

void node_core::on_timer(node_timer which, std::uint64_t generation) {
  const auto index = static_cast<std::size_t>(which);
  if (generation != generations_[index] || !armed_[index] || phase_ == phase::ended ||
      phase_ == phase::aborted)
    return;
  armed_[index] = false;
  context_.set_timestamp(links_->wall_time());
  if (which == node_timer::restart)
    restart();
  else if (which == node_timer::retry) {
    if (plan_->is_source()) {
      source_waits_ = false;
      return;
    }
    inputs_.retry_held_back(std::max(links_->now(), retry_due_));
    arm_retry();
  } else if (flow_paused_ || outputs_.control_waits())
    tick_now_ = true;
  else if (!restarting_ && node_)
    tick();
}

void node_core::wake() {
  // The outside calls once and then waits: a call that comes too early is not lost.
  woken_early_ = phase_ == phase::started || (phase_ == phase::running && restarting_);
  if (phase_ != phase::running || restarting_)
    return;
  source_waits_ = false;
  if (woken_ == nullptr)
    return;
  context_.set_timestamp(links_->wall_time());
  guarded_alone(nullptr, [&] { woken_->on_wake(context_); });
  flush();
}

void node_core::flush() {
  std::uint64_t unrouted = 0;
  const auto count = outputs_.flush(context_, unrouted);
  if (count != 0)
    meter_->out.add(count);
  if (unrouted != 0)
    meter_->unrouted.add(unrouted);
}

void node_core::finish_slice(std::chrono::nanoseconds begin, std::size_t steps) {
  meter_->outbox.set(outputs_.outbox());
  meter_->held.set(held_ + inputs_.deferred_count());
  if (steps != 0)
    meter_->observe_slice(links_->now() - begin);
}

void node_core::move_towards_end() {
  if (phase_ == phase::running && !flow_paused_ && !restarting_ && !failed_ && outputs_.outbox() == 0) {
    if (plan_->is_source() ? produced_all_ : inputs_.all_ended()) {
      if (woken_ == nullptr || !woken_->holds_end())
        begin_end();
    } else if (!plan_->is_source() && !waiting_reported_ && inputs_.waits_for_feedback()) {
      waiting_reported_ = true;
      links_->report_waiting();
    }
  }
  if (phase_ == phase::ending && outputs_.outbox() == 0 && waiting_control_.empty() &&
      owed_control_.empty() && outputs_.settled() && links_->close_control_places())
    finish_end();
}

void node_core::begin_end() {
  enter(phase::ending);
  guarded_alone(nullptr, [&] { node_->on_end(context_); });
  flush();
}

void node_core::finish_end() {
  if (failed_)
    return;
  enter(phase::ended);
  release();
  message marker(end_of_stream{}, message_kind::marker);
  marker.set_timestamp(context_.timestamp());
  outputs_.send_marker(marker);
  links_->report_ended();
}

void node_core::stop() {
  stopping_ = true;
  if (plan_->is_source())
    produced_all_ = true;
}

void node_core::end_feedback() {
  inputs_.end_feedback();
}

void node_core::abort() {
  if (phase_ == phase::ended || phase_ == phase::aborted)
    return;
  enter(phase::aborted);
  stopping_ = true;
  std::size_t lost = outputs_.discard();
  for (auto& emitted : context_.outputs()) {
    lost += emitted.size();
    emitted.clear();
  }
  meter_->discarded.add(lost + inputs_.deferred_count());
  inputs_.discard();
  waiting_control_.clear();
  owed_control_.clear();
  meter_->outbox.set(0);
}

void node_core::release() {
  stop_node();
  // Nothing calls it any more, and its owner may be waiting for what it holds.
  woken_ = nullptr;
  node_.reset();
  if (held_ != 0)
    meter_->discarded.add(std::exchange(held_, 0));
  meter_->held.set(0);
}

void node_core::stop_node() {
  if (node_stopped_ || !node_)
    return;
  node_stopped_ = true;
  try {
    node_->on_stop(context_);
  } catch (const std::exception& failed) {
    links_->log(log_level::error, "stop_failed",
                fmt::format("node '{}': on_stop failed: {}", plan_->id, failed.what()));
  } catch (...) {
    links_->log(log_level::error, "stop_failed", fmt::format("node '{}': on_stop failed", plan_->id));
  }
}

bool node_core::quiet() {
  return (phase_ == phase::running || phase_ == phase::ended) && outputs_.outbox() == 0 && inputs_.idle() &&
         (held_ == 0 || !armed_[static_cast<std::size_t>(node_timer::tick)]) && !restarting_ && !tick_now_;
}

// -- what the node may ask for
// ---------------------------------------------------------------------------------------

void node_core::request_tick(std::chrono::nanoseconds after) {
  after = std::min<std::chrono::nanoseconds>(after, longest_wait);
  tick_due_ = links_->now() + after;
  tick_now_ = after.count() <= 0;
  if (tick_now_)
    armed_[static_cast<std::size_t>(node_timer::tick)] = false;
  else
    arm(node_timer::tick, after);
}

void node_core::arm(node_timer which, std::chrono::nanoseconds after) {
  const auto index = static_cast<std::size_t>(which);
  armed_[index] = true;
  links_->schedule(which, after, ++generations_[index]);
}

void node_core::set_paused(std::size_t port, bool paused) {
  interrupted_ = true;
  inputs_.set_port_paused(port, paused);
}

void node_core::defer(std::chrono::nanoseconds retry_after) {
  deferred_now_ = interrupted_ = true;
  inputs_.set_deferred(turn_.input, true);
  inputs_.hold_back(turn_.port, retry_after.count() < 0 ? std::chrono::nanoseconds::max()
                                                        : links_->now() + bounded_wait(retry_after));
  arm_retry();
}

void node_core::arm_retry() {
  retry_due_ = inputs_.next_retry();
  if (retry_due_ != std::chrono::nanoseconds::max())
    arm(node_timer::retry, std::max(retry_due_ - links_->now(), std::chrono::nanoseconds{1}));
}

void node_core::log(log_level level, std::string_view event, std::string_view text) {
  auto limiter = node_log_.find(event);
  if (limiter == node_log_.end())
    limiter = node_log_.try_emplace(std::string(event), log_burst, std::chrono::seconds{1}).first;
  if (!limiter->second.allow(links_->now()))
    return;
  const auto held_back = limiter->second.take_suppressed();
  links_->log(level, event,
              fmt::format("node '{}': {}{}", plan_->id, text,
                          held_back ? fmt::format("; {} more like it were not logged", held_back) : ""));
}

} // namespace sluice
