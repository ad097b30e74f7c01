#pragma once

#include "model/edge/policy.hpp"
#include "model/graph/graph.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::stress {

/// How a source gives its messages.
enum class source_pace : std::uint8_t {
  flood,     ///< as many as there is room for
  overshoot, ///< more than there is room for: the rest waits in the outbox
  bursts,    ///< a burst, then nothing until a tick
  trickle,   ///< one message, then nothing until a tick
};

enum class port_kind : std::uint8_t { number, any };

/// What a node does. `…_every: n` means to one message in n; 0 means never.
struct node_recipe {
  std::string id;
  std::uint64_t seed = 0;
  std::vector<port_kind> inputs;
  std::vector<port_kind> outputs;
  execution_kind execution = execution_kind::cooperative;
  error_settings on_error;

  /// Sources: messages to make, and how.
  std::uint64_t count = 0;
  source_pace pace = source_pace::flood;

  /// Most messages it emits, so that neither multiplication nor a cycle makes a flow endless.
  std::uint64_t emission_limit = 0;
  unsigned throw_every = 0;
  unsigned fail_every = 0;
  unsigned swallow_every = 0;
  unsigned multiply_every = 0;
  unsigned multiply_by = 1;
  unsigned defer_every = 0;
  unsigned pause_every = 0;
  unsigned control_every = 0;
  /// Emits text on an `any` output: a port of numbers refuses it.
  unsigned text_every = 0;
  unsigned tick_throw_every = 0;
  unsigned end_throw_every = 0;
  /// Its `on_start` throws this often, the first time included.
  unsigned start_throw_every = 0;
  /// Messages gathered before they are passed on; 0: none.
  std::size_t gather = 0;
  /// Rounds of arithmetic per message.
  unsigned burn = 0;
  bool handles_control = true;
  bool speaks_at_end = false;

  bool is_source() const noexcept { return inputs.empty(); }
};

enum class merge_kind : std::uint8_t { keep_last, keep_first, refuse_some };

struct edge_recipe {
  /// `from_port` is `outputs.size()` for the port `error`.
  std::size_t from_node = 0;
  std::size_t from_port = 0;
  std::size_t to_node = 0;
  std::size_t to_port = 0;
  overflow_policy policy = overflow_policy::block;
  priority_band band = priority_band::normal;
  std::size_t capacity = 1;
  std::size_t prefetch = 1;
  bool feedback = false;
  /// `latest`: how many keys there are; 0: no key function.
  std::size_t keys = 0;
  /// `latest`: the key function throws for one message in so many.
  std::size_t key_throws = 0;
  merge_kind merge = merge_kind::keep_last;
};

/// A whole graph as data: it can be printed, and built into a `graph`.
struct graph_recipe {
  std::uint64_t seed = 0;
  /// Sources first; edges without `feedback` lead from lower to higher numbers.
  std::vector<node_recipe> nodes;
  std::vector<edge_recipe> edges;
  /// The last node collects all errors that no edge takes.
  bool collects_errors = false;

  /// True when nothing that a node does may fail the flow.
  bool never_fails() const;
  /// True when every node takes the control messages that reach it.
  bool all_handle_control() const;
};

/// Returns the name of output `port`: `out0`, `out1` … or `error`.
std::string output_name(const node_recipe& of, std::size_t port);
std::string input_name(std::size_t port);

/// Returns one line per node and edge.
std::string to_string(const graph_recipe& recipe);

} // namespace sluice::stress
