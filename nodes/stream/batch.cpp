#include "nodes/stream/batch.hpp"

#include "model/message/render.hpp"
#include "nodes/stream/flush_control.hpp"
#include "nodes/stream/json_view.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace sluice {

namespace {

/// Without `count` a batch leaves at this many messages, so that a long period cannot take all memory.
constexpr std::int64_t count_limit = 100'000;

class batch final : public node {
public:
  explicit batch(const options& given)
      : count_(given.has("count") ? given.get_integer("count") : count_limit),
        bytes_(given.get_size("bytes")),
        period_(given.get_duration("period")) {
    if (!given.has("count") && !given.has("bytes") && !given.has("period"))
      throw option_error("count", "give at least one of count, bytes and period");
  }

  void on_message(node_context& context, std::size_t, message& in) override {
    const json item = as_json(in);
    const std::uint64_t length = bytes_ == 0 ? 0 : item.dump().size();
    if (bytes_ != 0 && !items_.empty() && length_ + 1 + length > bytes_)
      flush(context);
    if (items_.empty())
      open(context, in);
    length_ += length + (items_.empty() ? 0 : 1);
    items_.push_back(item.value());
    if (items_.size() >= static_cast<std::size_t>(count_) || (bytes_ != 0 && length_ >= bytes_))
      flush(context);
    context.set_held(items_.size());
  }

  bool on_control(node_context& context, std::size_t, const message& control) override {
    if (is_flush(control)) {
      flush(context);
      context.set_held(0);
    }
    return false;
  }

  void on_tick(node_context& context) override {
    if (items_.empty())
      return;
    if (const auto left = due_ - context.now(); left.count() > 0)
      return context.request_tick(left);
    flush(context);
    context.set_held(0);
  }

  void on_end(node_context& context) override {
    flush(context);
    context.set_held(0);
  }

private:
  static constexpr std::uint64_t brackets = 2;

  void open(node_context& context, const message& first) {
    trace_ = first.trace();
    timestamp_ = first.timestamp();
    length_ = brackets;
    if (period_.count() == 0)
      return;
    due_ = context.now() + period_;
    context.request_tick(period_);
  }

  void flush(node_context& context) {
    if (items_.empty())
      return;
    message out(json(nlohmann::ordered_json(std::exchange(items_, nlohmann::ordered_json::array_t{}))));
    out.set_trace(trace_);
    out.set_timestamp(timestamp_);
    context.emit(0, std::move(out));
  }

  std::int64_t count_;
  /// Zero: no bound.
  std::uint64_t bytes_;
  std::chrono::nanoseconds period_;

  nlohmann::ordered_json::array_t items_;
  /// Length of the items as one compact JSON array; kept only when there is a bound.
  std::uint64_t length_ = 0;
  std::chrono::nanoseconds due_{0};
  trace_id trace_;
  std::chrono::nanoseconds timestamp_{0};
};

} // namespace

node_type batch_type() {
  node_type type;
  type.name = "batch";
  type.category = "transform";
  type.summary = "Gathers messages into JSON arrays by count, size or age.";
  type.description = "A batch leaves when it has `count` messages, when one more would make it longer than "
                     "`bytes`, or `period` after its "
                     "first message came, whichever is first; give at least one. At the end of the stream "
                     "what is left leaves, so nothing "
                     "is lost; there are no empty batches. Text becomes JSON strings (bytes that are not "
                     "UTF-8 become U+FFFD), JSON stays "
                     "as it is, an error message becomes its object. A batch has the trace id and time of "
                     "its first message. Messages "
                     "inside count as held. The control message `flush` sends the batch at once.";
  type.options = {
      {.name = "count",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "",
       .description = "Messages in a full batch; 100000 unless given.",
       .minimum = 1,
       .maximum = 1e7},
      {.name = "bytes",
       .kind = option_kind::size,
       .required = false,
       .default_value = "",
       .description = "Longest batch as compact JSON; a single message that is longer leaves alone.",
       .minimum = 1},
      {.name = "period",
       .kind = option_kind::duration,
       .required = false,
       .default_value = "",
       .description = "Longest time a message waits in a batch.",
       .minimum = 1e6},
  };
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::of<json>(), "Arrays of them."}}};
  type.example = "{ type: batch, count: 100, period: 1s }";
  type.make = [](const options& given) { return std::make_unique<batch>(given); };
  return type;
}

} // namespace sluice
