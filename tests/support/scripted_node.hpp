#pragma once

#include "model/node/node.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// What a scripted node does, and what was asked of it. Shared by all nodes made from it, so that it outlives
/// restarts.
struct node_script {
  std::function<void(node_context&)> on_start;
  std::function<void(node_context&, std::size_t input, message&)> on_message;
  std::function<bool(node_context&, std::size_t input, const message&)> on_control;
  std::function<void(node_context&)> on_tick;
  std::function<produce_result(node_context&, std::size_t room)> produce;
  std::function<void(node_context&)> on_end;
  std::function<void(node_context&)> on_stop;

  /// Nodes made so far.
  std::size_t made = 0;
  /// `start`, `message 7`, `error`, `control 7`, `tick`, `produce`, `end`, `stop`.
  std::vector<std::string> calls;
  /// The numbers of the messages that were presented.
  std::vector<std::uint64_t> seen;
};

/// Calls the functions of its script; one that is missing does nothing.
class scripted_node final : public node {
public:
  explicit scripted_node(std::shared_ptr<node_script> script) : script_(std::move(script)) {
    ++script_->made;
  }

  void on_start(node_context& context) override { call("start", script_->on_start, context); }
  void on_message(node_context& context, std::size_t input, message& in) override {
    const auto* number = in.get_if<std::uint64_t>();
    script_->calls.push_back(number ? "message " + std::to_string(*number) : "error");
    if (number)
      script_->seen.push_back(*number);
    if (script_->on_message)
      script_->on_message(context, input, in);
  }
  bool on_control(node_context& context, std::size_t input, const message& control) override {
    if (!script_->on_control)
      return false;
    script_->calls.push_back("control " + std::to_string(control.get<std::uint64_t>()));
    return script_->on_control(context, input, control);
  }
  void on_tick(node_context& context) override { call("tick", script_->on_tick, context); }
  produce_result produce(node_context& context, std::size_t room) override {
    script_->calls.emplace_back("produce");
    return script_->produce ? script_->produce(context, room) : produce_result::done;
  }
  void on_end(node_context& context) override { call("end", script_->on_end, context); }
  void on_stop(node_context& context) override { call("stop", script_->on_stop, context); }

private:
  void call(const char* name, const std::function<void(node_context&)>& what, node_context& context) {
    script_->calls.emplace_back(name);
    if (what)
      what(context);
  }

  std::shared_ptr<node_script> script_;
};

} // namespace sluice::testing
