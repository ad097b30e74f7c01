#include "nodes/stream/aggregate.hpp"

#include "model/config/quantity.hpp"
#include "nodes/stream/cadence.hpp"
#include "nodes/stream/flush_control.hpp"
#include "nodes/stream/fold.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

constexpr std::chrono::nanoseconds shortest_period = std::chrono::milliseconds{1};

/// Returns the period of `emit`, or zero for `end`.
std::chrono::nanoseconds period_of(const options& given) {
  const auto text = given.get_string("emit");
  if (text == "end")
    return std::chrono::nanoseconds{0};
  const auto period = parse_duration(text);
  if (!period || *period < shortest_period)
    throw option_error("emit",
                       fmt::format("'{}' is neither end nor a duration of 1ms or more, such as 10s", text));
  return *period;
}

class aggregate final : public node {
public:
  explicit aggregate(const options& given) : fold_(given), period_(period_of(given)) {}

  void on_start(node_context& context) override { started_ = context.now(); }

  void on_message(node_context& context, std::size_t, message& in) override {
    if (!fold_.add(context, in))
      return;
    context.set_held(fold_.pending());
    // The first message of a period asks for the tick that ends it: an idle node costs nothing.
    if (period_.count() == 0 || fold_.pending() != 1)
      return;
    const auto now = context.now();
    context.request_tick(cadence(period_, started_).next(now) - now);
  }

  bool on_control(node_context& context, std::size_t, const message& control) override {
    if (is_flush(control)) {
      fold_.emit_changed(context);
      context.set_held(0);
    }
    return false;
  }

  void on_tick(node_context& context) override {
    fold_.emit_changed(context);
    context.set_held(0);
  }

  void on_end(node_context& context) override {
    fold_.emit_all(context);
    context.set_held(0);
  }

private:
  fold fold_;
  std::chrono::nanoseconds period_;
  std::chrono::nanoseconds started_{0};
};

} // namespace

node_type aggregate_type() {
  node_type type;
  type.name = "aggregate";
  type.category = "transform";
  type.summary = "Folds all messages into one figure per key; tells it at the end or periodically.";
  type.description =
      "Emits {\"key\": …, \"count\": 3} per key, named after `op`, in the order in which keys came first; "
      "without `key` one "
      "{\"count\": 3}, also when there was no message (count and sum are then 0, the others null). Figures "
      "are over "
      "everything since the start: with `emit: 10s` each key that changed in the last ten seconds is told "
      "with its new "
      "total, and all keys again at the end. For figures that start over, use `window`. Keys may be any JSON "
      "value and are "
      "compared as jq compares them; null (a missing field) is a key like any other.\n"
      "Sums of whole numbers are exact up to 63 bits. Percentiles are estimates within 1 % (DDSketch, Masson "
      "et al. 2019) "
      "in at most 32 KiB per key. A message is an error, with the message as it was, when a program fails "
      "(jq_error), gives "
      "no key (no_key) or no number (not_a_number), or when its key is new and there are `max_keys` already "
      "(too_many_keys). Messages folded and not yet told count as held. "
      "The control message `flush` tells the keys that changed at once.";
  type.options = fold::option_specs();
  type.options.push_back({.name = "emit",
                          .kind = option_kind::string,
                          .required = false,
                          .default_value = "end",
                          .description = "When figures leave: end, or a period such as 10s."});
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::of<json>(), "Figures."}}};
  type.example = "{ type: aggregate, key: .host, op: p99, value: .duration_ms, emit: 10s }";
  type.make = [](const options& given) { return std::make_unique<aggregate>(given); };
  type.execution_for = fold::execution;
  return type;
}

} // namespace sluice
