#include "nodes/stream/throttle.hpp"

#include "nodes/stream/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

/// Timers are a millisecond or so late. A tenth of a second's worth of tokens keeps the mean rate in spite of
/// that.
constexpr double burst_seconds = 0.1;

double burst_of(const options& given, double rate) {
  if (given.has("burst"))
    return static_cast<double>(given.get_integer("burst"));
  return std::max(1.0, std::floor(rate * burst_seconds));
}

class throttle final : public node {
public:
  explicit throttle(const options& given)
      : bucket_(given.get_number("rate"), burst_of(given, given.get_number("rate"))) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    if (bucket_.take(context.now()))
      context.emit(0, std::move(in));
    else
      context.defer(bucket_.until_next());
  }

private:
  token_bucket bucket_;
};

} // namespace

node_type throttle_type() {
  node_type type;
  type.name = "throttle";
  type.category = "transform";
  type.summary = "Lets messages through at a bounded rate and pushes back on the rest.";
  type.description = "A token bucket: `rate` tokens a second flow in, at most `burst` wait, each message "
                     "takes one; in any span of t "
                     "seconds at most burst + rate * t messages leave. Messages pass untouched and in order. "
                     "Without a token the node "
                     "holds one message and takes no more, so the edge before it fills up and its policy "
                     "decides; the throttle itself "
                     "loses nothing. The rate holds while a stopped flow drains, too: give `--drain-timeout` "
                     "room for what is queued.";
  type.options = {
      {.name = "rate",
       .kind = option_kind::number,
       .required = true,
       .default_value = "",
       .description = "Messages per second; may be a fraction such as 0.5.",
       .minimum = 1e-6,
       .maximum = 1e9},
      {.name = "burst",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "",
       .description = "Messages that may pass at once after a quiet time, and at the start; a tenth of a "
                      "second's worth, "
                      "at least 1, unless given.",
       .minimum = 1,
       .maximum = 1e9},
  };
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::any(), "The same, in order."}}};
  type.example = "{ type: throttle, rate: 100, burst: 10 }";
  type.make = [](const options& given) { return std::make_unique<throttle>(given); };
  return type;
}

} // namespace sluice
