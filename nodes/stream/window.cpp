#include "nodes/stream/window.hpp"

#include "nodes/stream/cadence.hpp"
#include "nodes/stream/flush_control.hpp"
#include "nodes/stream/fold.hpp"

namespace sluice {

namespace {

/// What both kinds of window do when one ends.
class window : public node {
public:
  explicit window(const options& given) : fold_(given) {}

  bool on_control(node_context& context, std::size_t, const message& control) override {
    if (is_flush(control)) {
      close(context);
    }
    return false;
  }

  void on_end(node_context& context) override { close(context); }

protected:
  void close(node_context& context) {
    if (fold_.pending() != 0) {
      fold_.emit_all(context);
      fold_.clear();
    }
    context.set_held(0);
  }

  fold fold_;
};

class window_by_count final : public window {
public:
  explicit window_by_count(const options& given)
      : window(given), count_(static_cast<std::size_t>(given.get_integer("count"))) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    if (!fold_.add(context, in))
      return;
    if (fold_.pending() == count_)
      close(context);
    else
      context.set_held(fold_.pending());
  }

private:
  std::size_t count_;
};

class window_by_time final : public window {
public:
  explicit window_by_time(const options& given) : window(given), duration_(given.get_duration("duration")) {}

  void on_start(node_context& context) override { started_ = context.now(); }

  void on_message(node_context& context, std::size_t, message& in) override {
    const auto now = context.now();
    // Ticks may be late; what came after the end belongs to the next window all the same.
    if (fold_.pending() != 0 && now >= end_)
      close(context);
    if (!fold_.add(context, in))
      return;
    context.set_held(fold_.pending());
    if (fold_.pending() != 1)
      return;
    end_ = cadence(duration_, started_).next(now);
    context.request_tick(end_ - now);
  }

  void on_tick(node_context& context) override {
    if (fold_.pending() == 0)
      return;
    if (const auto left = end_ - context.now(); left.count() > 0)
      return context.request_tick(left);
    close(context);
  }

private:
  std::chrono::nanoseconds duration_;
  std::chrono::nanoseconds started_{0};
  std::chrono::nanoseconds end_{0};
};

std::unique_ptr<node> make_window(const options& given) {
  if (given.has("count") == given.has("duration"))
    throw option_error("count", "give either count or duration");
  if (given.has("count"))
    return std::make_unique<window_by_count>(given);
  return std::make_unique<window_by_time>(given);
}

} // namespace

node_type window_type() {
  node_type type;
  type.name = "window";
  type.category = "transform";
  type.summary = "Folds messages into one figure per key over windows that follow one another.";
  type.description = "As `aggregate`, but the figures start over with each window. A window has `count` "
                     "messages (of all keys together), or "
                     "lasts for `duration`: then windows follow one another from the node's start, and a "
                     "message belongs to the one in "
                     "which it is handled. When a window ends each key in it is told, {\"key\": …, "
                     "\"count\": 3}, in the order in which "
                     "keys came first; without `key` one {\"count\": 3}. A window without messages tells "
                     "nothing; the last one is told at "
                     "the end of the stream, however full. Messages that are errors (see `aggregate`) are in "
                     "no window. Messages in the "
                     "open window count as held. The control message `flush` ends the open window at once.";
  type.options = {
      {.name = "count",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "",
       .description = "Messages per window. Give this or duration.",
       .minimum = 1},
      {.name = "duration",
       .kind = option_kind::duration,
       .required = false,
       .default_value = "",
       .description = "Length of a window. Give this or count.",
       .minimum = 1e6},
  };
  for (auto& spec : fold::option_specs())
    type.options.push_back(std::move(spec));
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::of<json>(), "Figures."}}};
  type.example = "{ type: window, duration: 10s, key: .host, op: mean, value: .duration_ms }";
  type.make = make_window;
  type.execution_for = fold::execution;
  return type;
}

} // namespace sluice
