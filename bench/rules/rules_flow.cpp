#include "bench/rules/rules_flow.hpp"

#include "model/message/json.hpp"

#include "bench/rules/node_by_hand.hpp"
#include "bench/support/chain.hpp"

namespace sluice::bench {

namespace {

/// Emits copies of records, which share their documents.
class record_source final : public node {
public:
  record_source(const std::vector<message>& records, std::size_t count) : records_(records), count_(count) {}

  produce_result produce(node_context& context, std::size_t room) override {
    if (context.stopping())
      return produce_result::done;
    for (std::size_t i = 0; i < room && next_ < count_; ++i, ++next_)
      context.emit(0, message(records_[next_ % records_.size()]));
    return next_ < count_ ? produce_result::more : produce_result::done;
  }

private:
  const std::vector<message>& records_;
  std::size_t count_;
  std::size_t next_ = 0;
};

/// Counts what comes. May be read when the flow has ended.
class counting_sink final : public node {
public:
  explicit counting_sink(std::size_t& count) : count_(count) {}
  void on_message(node_context&, std::size_t, message&) override { ++count_; }

private:
  std::size_t& count_;
};

void connect_port(graph& made, const std::string& port, const std::string& to) {
  edge_declaration edge;
  edge.from = {"rules", port};
  edge.to.node = to;
  made.edges.push_back(std::move(edge));
}

} // namespace

flow_result run_rules_flow(const std::shared_ptr<fixed_rules>& places, const std::vector<message>& records,
                           std::size_t count) {
  flow_result result;
  graph made;
  made.nodes.push_back(
      declare<json>("source", false, true, [&] { return std::make_unique<record_source>(records, count); }));
  auto rules = declare<json>("rules", true, false, [&] { return make_rules_node(places); });
  for (const auto* port : {"matched", "unmatched"})
    rules.ports.outputs.push_back({port, port_type::of<json>()});
  made.nodes.push_back(std::move(rules));
  const auto add_sink = [&](const std::string& id, std::size_t& seen) {
    made.nodes.push_back(
        declare<json>(id, true, false, [&seen] { return std::make_unique<counting_sink>(seen); }));
  };
  add_sink("tagged", result.tagged);
  add_sink("untagged", result.untagged);
  connect(made, "source", "rules");
  connect_port(made, "matched", "tagged");
  connect_port(made, "unmatched", "untagged");
  flow_runtime runtime;
  result.seconds = seconds_to_run(runtime, made);
  return result;
}

} // namespace sluice::bench
