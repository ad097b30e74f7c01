#include "nodes/io/interval_source.hpp"

#include "model/message/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace sluice {

namespace {

class interval_source final : public node {
public:
  interval_source(std::chrono::nanoseconds every, std::uint64_t count, std::string control)
      : every_(every), count_(count), control_(std::move(control)) {}

  void on_start(node_context& context) override { due_ = context.now() + every_; }

  produce_result produce(node_context& context, std::size_t room) override {
    const auto now = context.now();
    if (room > 0 && now >= due_) {
      ++ticks_;
      send(context);
      if (ticks_ == count_)
        return produce_result::done;
      // Missed periods are skipped, and the beat is kept.
      due_ += every_ * ((now - due_) / every_ + 1);
    }
    context.request_tick(due_ - now);
    return produce_result::wait;
  }

private:
  void send(node_context& context) {
    if (!control_.empty()) {
      context.send_control(0, message(text(control_)));
      return;
    }
    nlohmann::ordered_json tick;
    tick["tick"] = ticks_;
    context.emit(0, json(std::move(tick)));
  }

  std::chrono::nanoseconds every_;
  /// Zero: no bound.
  std::uint64_t count_;
  /// Empty: data.
  std::string control_;
  std::chrono::nanoseconds due_{0};
  std::uint64_t ticks_ = 0;
};

} // namespace

node_type interval_source_type() {
  node_type type;
  type.name = "interval";
  type.category = "source";
  type.summary = "Sends {\"tick\": n} once per period.";
  type.description = "The first message, {\"tick\": 1}, comes after one period. The beat does not drift; a "
                     "period that was missed because nobody took the message is skipped, never sent late in "
                     "a burst. With `control` each is a control message with that text instead: it overtakes "
                     "data on every edge, and `aggregate`, `window` and `batch` emit what they hold at "
                     "`flush`. The source ends after `count` periods, or not by itself.";
  type.options = {{.name = "every",
                   .kind = option_kind::duration,
                   .required = true,
                   .description = "The period, e.g. 500ms or 1m; at least 1ms.",
                   .minimum = 1e6},
                  {.name = "count",
                   .kind = option_kind::integer,
                   .default_value = "0",
                   .description = "Messages before the source ends; 0 for no end.",
                   .minimum = 0},
                  {.name = "control",
                   .kind = option_kind::string,
                   .description = "Send control messages with this text, e.g. flush, instead of data."}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "{\"tick\": n}, n from 1."}};
  type.example = "{ type: interval, every: 10s }";
  type.make = [](const options& given) {
    return std::make_unique<interval_source>(given.get_duration("every"),
                                             static_cast<std::uint64_t>(given.get_integer("count")),
                                             given.get_string("control"));
  };
  return type;
}

} // namespace sluice
