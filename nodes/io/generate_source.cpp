#include "nodes/io/generate_source.hpp"

#include "model/message/json.hpp"
#include "nodes/io/config_json.hpp"
#include "nodes/io/pacer.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace sluice {

namespace {

/// Ticks are not asked for more often: above 1,000 messages per second several leave together.
constexpr std::chrono::nanoseconds shortest_pause = std::chrono::milliseconds{1};

class generate_source final : public node {
public:
  generate_source(std::uint64_t count, double rate, std::optional<json> value)
      : left_(count == 0 ? std::numeric_limits<std::uint64_t>::max() : count),
        rate_(rate),
        value_(std::move(value)) {}

  produce_result produce(node_context& context, std::size_t room) override {
    if (left_ == 0)
      return produce_result::done;
    return rate_ > 0 ? produce_paced(context, room) : produce_freely(context, room);
  }

private:
  produce_result produce_freely(node_context& context, std::size_t room) {
    emit(context, std::min<std::uint64_t>(room, left_));
    return left_ == 0 ? produce_result::done : produce_result::more;
  }

  produce_result produce_paced(node_context& context, std::size_t room) {
    const auto now = context.now();
    if (!pacer_)
      pacer_.emplace(rate_, now);
    const auto due = pacer_->due(now);
    const auto count = std::min({due, static_cast<std::uint64_t>(room), left_});
    emit(context, count);
    pacer_->sent(count);
    if (left_ == 0)
      return produce_result::done;
    if (count < due)
      return produce_result::more;
    context.request_tick(std::max(shortest_pause, pacer_->until_next(now)));
    return produce_result::wait;
  }

  void emit(node_context& context, std::uint64_t count) {
    left_ -= count;
    if (value_) {
      for (; count > 0; --count)
        context.emit(0, json(*value_));
      return;
    }
    for (; count > 0; --count)
      context.emit(0, json(nlohmann::ordered_json(next_++)));
  }

  std::uint64_t left_;
  double rate_;
  /// Made once; every message shares it.
  std::optional<json> value_;
  std::optional<pacer> pacer_;
  std::uint64_t next_ = 0;
};

std::optional<json> value_of(const options& given) {
  if (!given.has("value"))
    return std::nullopt;
  try {
    return json_of(given.get_any("value"));
  } catch (const error& wrong) {
    throw option_error("value", wrong.what());
  }
}

} // namespace

node_type generate_source_type() {
  node_type type;
  type.name = "generate";
  type.category = "source";
  type.summary = "Makes JSON messages: a sequence of numbers, or the same value again and again.";
  type.description =
      "Without `value` the messages are the JSON integers 0, 1, 2, … With it, every message is that value as "
      "JSON: a list, a map or a scalar. Scalars are read by YAML's core schema, so `5` is a number, `true` a "
      "boolean and `'5'` a string.\n"
      "With `rate` the first message comes at once; what a slow consumer could not take is made up for "
      "later, but at most one second's worth. After `count` messages the source ends.";
  type.options = {
      {.name = "count",
       .kind = option_kind::integer,
       .default_value = "0",
       .description = "How many messages; 0: without end.",
       .minimum = 0},
      {.name = "rate",
       .kind = option_kind::number,
       .default_value = "0",
       .description = "Messages per second; 0: as fast as they are taken.",
       .minimum = 0,
       .maximum = 1e9},
      {.name = "value",
       .kind = option_kind::any,
       .description = "What to send, instead of the numbers 0, 1, 2, …"},
  };
  type.ports.outputs = {{output_port, port_type::of<json>(), "A number of the sequence, or the value."}};
  type.example = "{ type: generate, count: 1000, rate: 100, value: { host: web-1, status: 500 } }";
  type.make = [](const options& given) {
    return std::make_unique<generate_source>(static_cast<std::uint64_t>(given.get_integer("count")),
                                             given.get_number("rate"), value_of(given));
  };
  return type;
}

} // namespace sluice
