#pragma once

#include "model/node/node.hpp"
#include "tests/stress/random/dice.hpp"
#include "tests/stress/random/graph_recipe.hpp"
#include "tests/stress/random/node_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice::stress {

/// What nodes of a recipe share: they keep their books, and see to it that each instance is started before
/// anything else and stopped once.
class recipe_node : public node {
public:
  /// Everything outlives the node.
  struct parts {
    std::shared_ptr<const graph_recipe> graph;
    std::size_t index = 0;
    std::shared_ptr<node_ledger> books;
    std::shared_ptr<std::vector<edge_watch>> watches;
    std::shared_ptr<std::atomic<std::uint64_t>> clock;
  };

  explicit recipe_node(parts given);
  ~recipe_node() override;

  void on_start(node_context& context) override;
  bool on_control(node_context& context, std::size_t input, const message& control) override;
  void on_stop(node_context& context) override;

protected:
  const node_recipe& recipe() const { return parts_.graph->nodes[parts_.index]; }
  node_ledger& books() { return *parts_.books; }
  dice& chance() { return dice_; }
  std::vector<edge_watch>& watches() { return *parts_.watches; }
  /// Complains when the node is not between its start and its stop.
  void check_alive(const char* handler);

  /// Emits new numbers, on all outputs or a random one, unless the limit is reached.
  void emit_numbers(node_context& context, const message* like, std::size_t copies);
  void speak_control(node_context& context);
  /// Throws, and keeps the books of it.
  [[noreturn]] void throw_something(const char* where);
  void burn() const;

private:
  void emit_number(node_context& context, const message* like, std::size_t output);

  parts parts_;
  dice dice_;
  bool started_ = false;
  bool stopped_ = false;
};

class recipe_source final : public recipe_node {
public:
  using recipe_node::recipe_node;
  produce_result produce(node_context& context, std::size_t room) override;
  void on_end(node_context& context) override;

private:
  /// How many messages to make in one call.
  std::size_t portion(std::size_t room);
};

class recipe_transform final : public recipe_node {
public:
  using recipe_node::recipe_node;
  void on_message(node_context& context, std::size_t input, message& in) override;
  void on_tick(node_context& context) override;
  void on_end(node_context& context) override;

private:
  /// True when the message at hand is to come again.
  bool put_off(node_context& context, std::size_t input, std::uint64_t number);
  void check_order(std::size_t input, std::uint64_t number);
  void pass_on(node_context& context, message& in);
  void wake_later(node_context& context);
  void let_go(node_context& context);

  std::vector<message> gathered_;
};

} // namespace sluice::stress
