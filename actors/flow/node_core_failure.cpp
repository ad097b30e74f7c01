// The part of node_core that deals with failures and with control messages.

#include "actors/flow/node_core.hpp"
#include "model/message/error_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

namespace {

/// The code by which a sink says that the outside closed its end.
constexpr std::string_view closed_pipe = "closed_pipe";

} // namespace

void node_core::fail(message original, std::string_view code, std::string_view text) {
  on_failure(std::move(original), code, text);
}

void node_core::on_refused(message refused, std::string_view why) {
  // An error that is refused is not sent again: it would be refused again.
  if (!why.empty() && refused.kind() != message_kind::error) {
    on_failure(std::move(refused), "refused_merge", why);
    return;
  }
  if (failure_log_.allow(links_->now()))
    links_->log(log_level::warning, "message_refused",
                fmt::format("node '{}': an edge refused a message whose payload is {}{}{} (trace {})",
                            plan_->id, refused.content().type() ? refused.content().type()->name : "empty",
                            why.empty() ? "" : ": ", why, to_string(refused.trace())));
}

void node_core::on_exception(const message* original) {
  auto failed_message = original ? *original : message{};
  try {
    // cppcheck-suppress rethrowNoCurrentException ; the caller is a catch block
    throw;
  } catch (const error& failed) {
    on_failure(std::move(failed_message), failed.code(), failed.what());
  } catch (const std::exception& failed) {
    on_failure(std::move(failed_message), "handler_error", failed.what());
  } catch (...) {
    on_failure(std::move(failed_message), "handler_error",
               "the handler threw something that is not a std::exception");
  }
}

void node_core::on_failure(message original, std::string_view code, std::string_view text) {
  interrupted_ = true;
  if (code == closed_pipe) {
    if (!std::exchange(closed_, true))
      links_->report_closed();
    return;
  }
  meter_->errors.add(1);
  const auto trace = original.trace();
  if (failure_log_.allow(links_->now())) {
    const auto held_back = failure_log_.take_suppressed();
    links_->log(log_level::error, "message_failed",
                fmt::format("node '{}': {}: {} (trace {}){}", plan_->id, code, text, to_string(trace),
                            held_back ? fmt::format("; {} more like it were not logged", held_back) : ""));
  }
  if (outputs_.has_edges(plan_->error_output())) {
    message report(error_record{std::string(code), std::string(text), plan_->id, original},
                   message_kind::error);
    report.set_trace(trace);
    context_.emit(plan_->error_output(), std::move(report));
  }
  if ((phase_ != phase::running && phase_ != phase::ending) || failed_)
    return;
  if (plan_->on_error.policy == error_policy::fail) {
    failed_ = true;
    links_->report_failed(fmt::format("node '{}': {}: {}", plan_->id, code, text));
  } else if (plan_->on_error.policy == error_policy::restart && phase_ == phase::running && !restarting_) {
    begin_restart(text);
  }
}

void node_core::begin_restart(std::string_view text) {
  if (restarts_ != 0 && links_->now() - restarted_at_ >= defaults::restart_memory)
    restarts_ = 0;
  if (restarts_ >= plan_->on_error.restart_limit) {
    failed_ = true;
    links_->report_failed(fmt::format("node '{}' failed after {} restarts: {}", plan_->id, restarts_, text));
    return;
  }
  restarting_ = true;
  show_status();
  const auto shift = std::min(restarts_, 16U);
  const auto pause =
      std::min(plan_->on_error.restart_backoff * (std::int64_t{1} << shift), defaults::restart_backoff_limit);
  ++restarts_;
  meter_->restarts.add(1);
  arm(node_timer::restart, pause);
}

void node_core::restart() {
  stop_node();
  meter_->discarded.add(held_);
  held_ = 0;
  source_waits_ = false;
  // A source that failed and was done in one call is not: the fresh one begins again.
  produced_all_ = stopping() && plan_->is_source();
  tick_now_ = false;
  armed_[static_cast<std::size_t>(node_timer::tick)] = false;
  // The fresh node knows nothing of the pauses of the old one.
  inputs_.resume_ports();
  const auto failure = make_node();
  restarted_at_ = links_->now();
  restarting_ = false;
  show_status();
  if (!failure.empty())
    begin_restart(failure);
  else
    handle_waiting_control();
  if (woken_early_ && !restarting_)
    wake();
}

message node_core::prepared(message control) const {
  message result(control.content(), message_kind::control);
  result.set_trace(control.trace());
  result.set_key(control.key());
  result.set_timestamp(control.timestamp().count() != 0 ? control.timestamp() : links_->wall_time());
  return result;
}

void node_core::receive_control(std::size_t input, message control, bool from_edge) {
  if (phase_ == phase::aborted)
    return;
  if (control_must_wait()) {
    // At most 64 an edge, and 64 from outside: their places are free again when they are handled.
    waiting_control_.emplace_back(from_edge ? input : node_outputs::all_ports, std::move(control));
    return;
  }
  handle_control(input, control, from_edge);
}

void node_core::handle_control(std::size_t input, const message& control, bool from_edge) {
  const auto queued = outputs_.control_queued();
  meter_->observe_control(links_->wall_time() - control.timestamp());
  context_.set_timestamp(links_->wall_time());
  bool handled = false;
  if (phase_ != phase::ended) {
    context_.set_input_trace(control.trace());
    guarded_alone(&control, [&] {
      handled = node_->on_control(context_, from_edge ? inputs_.port(input) : 0, control);
    });
    context_.set_input_trace({});
    source_waits_ = false;
    flush();
  }
  if (!handled)
    outputs_.send_control(node_outputs::all_ports, control);
  // What led to control that finds no place keeps its own until that has left: so no outbox grows without
  // bound. What did not gives it back at once: so two nodes that send to each other never wait for each
  // other.
  if (outputs_.control_queued() != queued)
    owed_control_.emplace_back(from_edge ? input : node_outputs::all_ports, outputs_.control_queued());
  else
    return_control(from_edge ? input : node_outputs::all_ports);
}

void node_core::return_control(std::size_t input) {
  if (input == node_outputs::all_ports)
    links_->return_control_place();
  else
    links_->return_control_credit(input);
}

void node_core::return_owed_control() {
  while (!owed_control_.empty() && owed_control_.front().second <= outputs_.control_sent_late()) {
    return_control(owed_control_.front().first);
    owed_control_.pop_front();
  }
}

void node_core::add_control_credit(std::size_t output) {
  if (phase_ == phase::aborted)
    return;
  outputs_.add_control_credit(output);
  return_owed_control();
}

bool node_core::control_must_wait() const noexcept {
  return restarting_ || phase_ == phase::created || phase_ == phase::started;
}

void node_core::handle_waiting_control() {
  while (!control_must_wait() && !waiting_control_.empty()) {
    const auto waiting = std::move(waiting_control_.front());
    waiting_control_.pop_front();
    handle_control(waiting.first, waiting.second, waiting.first != node_outputs::all_ports);
  }
}

} // namespace sluice
