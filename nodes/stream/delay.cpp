#include "nodes/stream/delay.hpp"

#include <algorithm>
#include <deque>

namespace sluice {

namespace {

/// While its input is paused a delay hears of a stop by looking; this bounds how late.
constexpr std::chrono::nanoseconds stop_check = std::chrono::milliseconds{100};

class delay final : public node {
public:
  explicit delay(const options& given)
      : time_(given.get_duration("for")), limit_(static_cast<std::size_t>(given.get_integer("max"))) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    waiting_.push_back({context.now() + time_, std::move(in)});
    if (waiting_.size() >= limit_ && !paused_) {
      paused_ = true;
      context.pause(0);
      request(context);
    } else if (waiting_.size() == 1) {
      request(context);
    }
    context.set_held(waiting_.size());
  }

  void on_tick(node_context& context) override {
    release(context, context.stopping() ? std::chrono::nanoseconds::max() : context.now());
    if (paused_ && waiting_.size() < limit_) {
      paused_ = false;
      context.resume(0);
    }
    if (!waiting_.empty())
      request(context);
  }

  void on_end(node_context& context) override { release(context, std::chrono::nanoseconds::max()); }

private:
  struct entry {
    std::chrono::nanoseconds due;
    message held;
  };

  void request(node_context& context) {
    const auto left = std::max(waiting_.front().due - context.now(), std::chrono::nanoseconds{0});
    context.request_tick(paused_ ? std::min(left, stop_check) : left);
  }

  void release(node_context& context, std::chrono::nanoseconds until) {
    while (!waiting_.empty() && waiting_.front().due <= until) {
      context.emit(0, std::move(waiting_.front().held));
      waiting_.pop_front();
    }
    context.set_held(waiting_.size());
  }

  std::chrono::nanoseconds time_;
  std::size_t limit_;
  std::deque<entry> waiting_;
  bool paused_ = false;
};

} // namespace

node_type delay_type() {
  node_type type;
  type.name = "delay";
  type.category = "transform";
  type.summary = "Passes each message a fixed time after it came.";
  type.description = "Messages leave untouched, in order, never earlier than `for` after they came. The node "
                     "keeps at most `max` of them "
                     "(counted as held) and then takes no more until one has left, so a rate above max / for "
                     "is pushed back to the edge "
                     "before it. When the stream ends, or the flow is stopped, the rest leaves at once.";
  type.options = {
      {.name = "for",
       .kind = option_kind::duration,
       .required = true,
       .default_value = "",
       .description = "How long each message is kept.",
       .minimum = 0},
      {.name = "max",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "1000",
       .description = "Most messages kept at a time.",
       .minimum = 1,
       .maximum = 1e7},
  };
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::any(), "The same, later."}}};
  type.example = "{ type: delay, for: 5s }";
  type.make = [](const options& given) { return std::make_unique<delay>(given); };
  return type;
}

} // namespace sluice
