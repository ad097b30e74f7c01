#include "runtime/embed/actor_sink.hpp"

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/send.hpp"
#include "runtime/embed/actor_line_messages.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>
#include <vector>

namespace sluice::detail {

namespace {

/// Sends on what a line holds, as requests: the answer to each gives its credit back. In the system of the
/// host's actor, so that no message goes from one system to another. It ends with the flow or that actor.
class sink_forwarder final : public flow_actor {
public:
  sink_forwarder(caf::actor_config& config, caf::actor to, std::shared_ptr<actor_sink_line> line,
                 actor_packing packing)
      : flow_actor(config), to_(std::move(to)), line_(std::move(line)), packing_(std::move(packing)) {
    set_down_handler([this](caf::scheduled_actor*, caf::down_msg& down) { depart(down.reason); });
  }

  const char* name() const override { return "sluice.actor_sink"; }

private:
  caf::behavior make_behavior() override {
    monitor(to_);
    listener_ =
        line_->listen([self = caf::actor_cast<caf::actor>(this)] { send_urgent(self, line_moved{}); });
    serve();
    return {[this](const line_moved&) { serve(); }, [this](const doubt_over&) { believe(); }};
  }

  void on_exit() override {
    line_->unlisten(listener_);
    // Whoever ended this actor has cut the flow off; after the flow's own end nobody hears of it.
    line_->departed({false, fmt::format("nothing gets from the sink '{}' to its actor any more: something "
                                        "ended the actor between them",
                                        line_->name())});
    to_ = nullptr;
  }

  void serve() {
    for (auto waiting = line_->take(listener_); !waiting.empty(); waiting = line_->take(listener_))
      for (std::size_t sent = 0; sent < waiting.size();) {
        const auto first = waiting.begin() + static_cast<std::ptrdiff_t>(sent);
        const auto count = std::min(packing_.most, waiting.size() - sent);
        forward({std::make_move_iterator(first),
                 std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))});
        sent += count;
      }
    if (line_->over())
      quit();
  }

  void forward(std::vector<message> all) {
    caf::message packed;
    try {
      packed = packing_.pack(all);
    } catch (const std::exception& failed) {
      line_->failed({std::move(all), "handler_error", failed.what()});
      return;
    }
    const auto count = all.size();
    const auto sent = std::make_shared<std::vector<message>>(std::move(all));
    const through_global_queue unstarved(*this);
    request(to_, caf::infinite, std::move(packed))
        .then([this, count] { line_->answered(count); },
              [this, sent](const caf::error& why) { refused(*sent, why); });
  }

  void refused(std::vector<message>& sent, const caf::error& why) {
    // An answer with values is an answer.
    if (why == caf::sec::unexpected_response) {
      line_->answered(sent.size());
      return;
    }
    actor_sink_line::failure failed{
        std::move(sent), "actor_refused",
        fmt::format("the actor of the sink '{}' answered {}", line_->name(), caf::to_string(why))};
    if (why != caf::sec::request_receiver_down) {
      line_->failed(std::move(failed));
      return;
    }
    // It has exited, and its end, which is on its way, says what that means; or it is the error of a request
    // of its own that it hands on.
    if (doubtful_.empty())
      delayed_send(this, longest_doubt, doubt_over{});
    doubtful_.push_back(std::move(failed));
  }

  void believe() {
    for (auto& each : std::exchange(doubtful_, {}))
      line_->failed(std::move(each));
  }

  void depart(const caf::error& reason) {
    const bool orderly = !reason || reason == caf::exit_reason::user_shutdown;
    line_->departed({orderly, fmt::format("the actor of the sink '{}' has ended{}", line_->name(),
                                          orderly ? "" : ": " + caf::to_string(reason))});
    quit();
  }

  static constexpr std::chrono::seconds longest_doubt{1};

  caf::actor to_;
  std::shared_ptr<actor_sink_line> line_;
  outside_line::listener listener_{};
  actor_packing packing_;
  std::vector<actor_sink_line::failure> doubtful_;
};

} // namespace

actor_sink_node::actor_sink_node(std::shared_ptr<actor_sink_line> line, actor_packing packing)
    : line_(std::move(line)), packing_(std::move(packing)) {}

void actor_sink_node::on_start(node_context&) {
  line_->attach(std::move(waker_));
  attached_ = true;
  // A restarted node finds it there.
  if (const auto to = line_->take_actor()) {
    const logger_mark unmarked;
    to.home_system().spawn<sink_forwarder>(to, line_, packing_);
  }
}

void actor_sink_node::on_message(node_context& context, std::size_t, message& in) {
  switch (line_->offer(in)) {
  case actor_sink_line::verdict::taken:
    return;
  case actor_sink_line::verdict::full:
    context.defer();
    return;
  case actor_sink_line::verdict::gone:
    context.discard(1);
    report(context);
    return;
  }
}

void actor_sink_node::on_wake(node_context& context) {
  report(context);
  context.resume(0);
}

void actor_sink_node::on_end(node_context& context) {
  ended_ = true;
  report(context);
}

void actor_sink_node::on_stop(node_context& context) {
  if (!std::exchange(attached_, false))
    return;
  // A restart is neither, also of a flow that was asked to stop: the fresh node goes on.
  if (ended_ || context.aborting())
    context.set_held(line_->end());
  else
    line_->detach();
}

void actor_sink_node::report(node_context& context) {
  for (auto& each : line_->take_failures())
    for (auto& original : each.originals)
      context.fail(std::move(original), each.code, each.text);
  if (const auto how = line_->take_departure()) {
    if (!how->orderly)
      context.fail(message(), "actor_ended", how->text);
    context.fail(message(), "closed_pipe", how->text);
  }
}

} // namespace sluice::detail
