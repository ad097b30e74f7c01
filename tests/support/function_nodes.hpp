#pragma once

#include "model/graph/graph.hpp"
#include "model/node/node.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Emits `count` messages around the numbers 0, 1, 2 …; 0 means without end.
class counting_source : public node {
public:
  explicit counting_source(std::uint64_t count) : count_(count) {}
  produce_result produce(node_context& context, std::size_t room) override {
    for (std::size_t i = 0; i < room && (count_ == 0 || next_ < count_); ++i)
      context.emit(0, next_++);
    return count_ != 0 && next_ == count_ ? produce_result::done : produce_result::more;
  }

private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

/// Calls a function for every message.
class function_node : public node {
public:
  using function = std::function<void(node_context&, std::size_t input, message&)>;
  explicit function_node(function handle) : handle_(std::move(handle)) {}
  void on_message(node_context& context, std::size_t input, message& in) override {
    handle_(context, input, in);
  }

private:
  function handle_;
};

/// One input `in` and one output `out` of numbers, unless told otherwise.
inline port_spec number_port(const char* name) {
  return {name, port_type::of<std::uint64_t>()};
}

inline node_declaration source_declaration(std::string id, std::uint64_t count) {
  node_declaration declared;
  declared.id = std::move(id);
  declared.make = [count] { return std::make_unique<counting_source>(count); };
  declared.ports.outputs = {number_port("out")};
  return declared;
}

inline node_declaration transform_declaration(std::string id, function_node::function handle) {
  node_declaration declared;
  declared.id = std::move(id);
  declared.make = [handle] { return std::make_unique<function_node>(handle); };
  declared.ports.inputs = {number_port("in")};
  declared.ports.outputs = {number_port("out")};
  return declared;
}

inline node_declaration sink_declaration(std::string id, function_node::function handle) {
  auto declared = transform_declaration(std::move(id), std::move(handle));
  declared.ports.outputs.clear();
  return declared;
}

inline edge_declaration edge_between(std::string from, std::string to, edge_settings settings = {}) {
  edge_declaration edge;
  edge.from = {std::move(from)};
  edge.to = {std::move(to)};
  edge.settings = std::move(settings);
  return edge;
}

/// What a sink has seen; written by one node, read after the end.
using seen_list = std::shared_ptr<std::vector<std::uint64_t>>;

inline node_declaration collecting_sink(const std::string& id, const seen_list& seen) {
  return sink_declaration(
      id, [seen](node_context&, std::size_t, message& in) { seen->push_back(in.get<std::uint64_t>()); });
}

} // namespace sluice::testing
