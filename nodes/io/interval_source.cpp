#include "nodes/io/interval_source.hpp"

#include "model/message/json.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

class interval_source final : public node {
public:
  explicit interval_source(std::chrono::nanoseconds every) : every_(every) {}

  void on_start(node_context& context) override { due_ = context.now() + every_; }

  produce_result produce(node_context& context, std::size_t room) override {
    const auto now = context.now();
    if (room > 0 && now >= due_) {
      nlohmann::ordered_json tick;
      tick["tick"] = ++ticks_;
      context.emit(0, json(std::move(tick)));
      // Missed periods are skipped, and the beat is kept.
      due_ += every_ * ((now - due_) / every_ + 1);
    }
    context.request_tick(due_ - now);
    return produce_result::wait;
  }

private:
  std::chrono::nanoseconds every_;
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
                     "a burst. The source does not end by itself.";
  type.options = {{.name = "every",
                   .kind = option_kind::duration,
                   .required = true,
                   .description = "The period, e.g. 500ms or 1m; at least 1ms.",
                   .minimum = 1e6}};
  type.ports.outputs = {{output_port, port_type::of<json>(), "{\"tick\": n}, n from 1."}};
  type.example = "{ type: interval, every: 10s }";
  type.make = [](const options& given) {
    return std::make_unique<interval_source>(given.get_duration("every"));
  };
  return type;
}

} // namespace sluice
