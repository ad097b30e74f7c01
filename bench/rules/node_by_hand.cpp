#include "bench/rules/node_by_hand.hpp"

#include "model/base/defaults.hpp"
#include "nodes/rules/rules_node.hpp"

#include <algorithm>

namespace sluice::bench {

std::unique_ptr<node> make_rules_node(std::shared_ptr<fixed_rules> places) {
  const auto type = rules_type(std::move(places));
  return type.make(options(type.options, config_value::map({{"path", {}, config_value::scalar("rules")}})));
}

node_by_hand::node_by_hand(std::shared_ptr<fixed_rules> places)
    : node_(make_rules_node(std::move(places))), context_(*this, 3) {
  node_->on_start(context_);
}

std::size_t node_by_hand::feed(const std::vector<message>& records, std::size_t first, std::size_t count) {
  std::size_t tagged = 0;
  for (const auto end = first + count; first < end;) {
    for (const auto stop = std::min(end, first + defaults::batch_messages); first < stop; ++first) {
      auto in = records[first % records.size()];
      node_->on_message(context_, 0, in);
    }
    tagged += context_.outputs().front().size();
    for (auto& output : context_.outputs())
      output.clear();
  }
  return tagged;
}

void node_by_hand::fail(message, std::string_view code, std::string_view text) {
  throw error(std::string(code), std::string(text));
}

} // namespace sluice::bench
