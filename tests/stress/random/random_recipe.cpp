#include "tests/stress/random/random_recipe.hpp"

#include "tests/stress/random/dice.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace sluice::stress {

namespace {

constexpr std::size_t most_nodes = 200;
constexpr std::uint64_t most_messages = 200'000;
constexpr std::size_t most_blocking = 4;

/// Makes one recipe. What goes wrong in a graph is chosen once for the whole of it, so that many graphs are
/// without failures and can be checked exactly.
class recipe_maker {
public:
  explicit recipe_maker(std::uint64_t seed) : dice_(seed) { recipe_.seed = seed; }

  graph_recipe run() {
    choose_mood();
    const auto count = static_cast<std::size_t>(1 + dice_.magnitude(most_nodes - 1));
    const auto sources = 1 + dice_.index(std::max<std::size_t>(1, std::min<std::size_t>(count / 2, 32)));
    for (std::size_t i = 0; i < std::max<std::size_t>(2, count); ++i)
      add_node(i, i < sources);
    for (std::size_t node = 0; node < recipe_.nodes.size(); ++node)
      feed(node);
    add_error_edges();
    if (with_feedback_)
      add_feedback();
    if (recipe_.collects_errors)
      insist_on_errors();
    return std::move(recipe_);
  }

private:
  void choose_mood() {
    failing_ = dice_.one_in(2);
    fatal_ = failing_ && dice_.one_in(3);
    waiting_ = dice_.one_in(2);
    controlling_ = dice_.one_in(2);
    passes_control_ = dice_.one_in(3);
    lossless_ = dice_.one_in(4);
    mixed_ = dice_.one_in(3);
    with_feedback_ = !lossless_ && dice_.one_in(3);
    // An error message passes nodes of typed ports by, whatever they limit: round a cycle, for ever.
    all_any_ = with_feedback_ && dice_.one_in(2);
    routes_errors_ = !with_feedback_ || all_any_;
    recipe_.collects_errors = routes_errors_ && dice_.one_in(4);
  }

  port_kind kind() { return all_any_ || (mixed_ && dice_.one_in(2)) ? port_kind::any : port_kind::number; }
  /// A rate: one in at most `most`, in one node of `share`.
  unsigned rate(bool wanted, unsigned share, unsigned most) {
    return wanted && dice_.one_in(share) ? static_cast<unsigned>(1 + dice_.magnitude(most)) : 0;
  }

  void add_node(std::size_t index, bool source) {
    node_recipe made;
    made.id = "n" + std::to_string(index);
    made.seed = dice_.seed();
    for (std::size_t i = 0, ports = source ? 0 : 1 + dice_.index(3); i < ports; ++i)
      made.inputs.push_back(kind());
    for (std::size_t i = 0, ports = source ? 1 + dice_.index(2) : dice_.index(4); i < ports; ++i)
      made.outputs.push_back(kind());
    made.emission_limit = std::max<std::uint64_t>(20, most_messages / most_nodes * dice_.between(1, 3));
    if (source)
      describe_source(made);
    else
      describe_transform(made);
    if (blocking_ < most_blocking && dice_.one_in(12)) {
      made.execution = execution_kind::blocking;
      ++blocking_;
    }
    made.burn = dice_.one_in(4) ? static_cast<unsigned>(dice_.magnitude(20'000)) : 0;
    made.control_every = rate(controlling_, 3, 1000);
    made.handles_control = !passes_control_ || dice_.one_in(2);
    made.text_every = rate(mixed_, 3, 50);
    made.speaks_at_end = dice_.one_in(4);
    describe_errors(made);
    recipe_.nodes.push_back(std::move(made));
  }

  void describe_source(node_recipe& made) {
    made.count = dice_.magnitude(10'000);
    made.emission_limit = 2 * made.count;
    made.pace = static_cast<source_pace>(dice_.index(4));
    if (made.pace == source_pace::trickle)
      made.count = std::min<std::uint64_t>(made.count, 200);
    made.throw_every = rate(failing_, 6, 2000);
  }

  void describe_transform(node_recipe& made) {
    made.throw_every = rate(failing_, 4, 2000);
    made.fail_every = rate(failing_, 4, 500);
    made.tick_throw_every = rate(failing_, 6, 20);
    made.end_throw_every = rate(failing_, 8, 2);
    made.swallow_every = rate(true, 4, 10);
    made.multiply_every = rate(true, 4, 100);
    made.multiply_by = static_cast<unsigned>(dice_.magnitude(1000));
    made.defer_every = rate(waiting_, 5, 300);
    made.pause_every = rate(waiting_, 5, 300);
    made.gather = dice_.one_in(6) ? static_cast<std::size_t>(dice_.magnitude(100)) : 0;
  }

  void describe_errors(node_recipe& made) {
    if (!fatal_ || !dice_.one_in(4))
      return;
    made.on_error.policy = dice_.one_in(4) ? error_policy::fail : error_policy::restart;
    made.on_error.restart_limit = static_cast<unsigned>(dice_.between(1, 20));
    made.on_error.restart_backoff = std::chrono::microseconds{dice_.between(1, 1000)};
    made.start_throw_every = rate(true, 10, 20);
  }

  /// Gives every input of `node` one edge or more from nodes before it.
  void feed(std::size_t node) {
    for (std::size_t port = 0; port < recipe_.nodes[node].inputs.size(); ++port) {
      const auto wanted = dice_.one_in(20) ? dice_.between(1, 32) : dice_.between(1, 2);
      bool fed = false;
      // A node right before is taken more often, so that there are long chains, too.
      for (std::uint64_t i = 0; i < wanted; ++i)
        fed |= connect(dice_.one_in(2) ? node - 1 - dice_.index(std::min<std::size_t>(node, 4))
                                       : dice_.index(node),
                       node, port, false);
      for (std::size_t before = 0; !fed; ++before)
        fed = connect(before, node, port, false);
    }
  }

  bool connect(std::size_t from, std::size_t to, std::size_t port, bool feedback) {
    if (recipe_.nodes[from].outputs.empty())
      return false;
    const auto output = dice_.index(recipe_.nodes[from].outputs.size());
    return add_edge(from, output, to, port, feedback);
  }

  bool add_edge(std::size_t from, std::size_t output, std::size_t to, std::size_t port, bool feedback) {
    if (!joined_.emplace(from, output, to, port).second)
      return false;
    edge_recipe made;
    made.from_node = from;
    made.from_port = output;
    made.to_node = to;
    made.to_port = port;
    made.feedback = feedback;
    if (feedback || (!lossless_ && dice_.one_in(2)))
      made.policy = static_cast<overflow_policy>(1 + dice_.index(4));
    made.band = static_cast<priority_band>(dice_.index(band_count));
    made.capacity = static_cast<std::size_t>(dice_.magnitude(2000));
    made.prefetch = dice_.one_in(3) ? static_cast<std::size_t>(dice_.magnitude(300)) : 1;
    if (made.policy == overflow_policy::latest && dice_.one_in(2)) {
      made.keys = static_cast<std::size_t>(dice_.magnitude(500));
      made.key_throws = dice_.one_in(3) ? static_cast<std::size_t>(1 + dice_.magnitude(100)) : 0;
    }
    made.merge = static_cast<merge_kind>(dice_.index(3));
    recipe_.edges.push_back(made);
    return true;
  }

  void add_error_edges() {
    if (!routes_errors_)
      return;
    for (std::size_t node = 0; node + 1 < recipe_.nodes.size(); ++node) {
      const auto to = node + 1 + dice_.index(recipe_.nodes.size() - node - 1);
      if (!dice_.one_in(5) || recipe_.nodes[to].is_source())
        continue;
      const auto output = recipe_.nodes[node].outputs.size();
      const auto input = dice_.index(recipe_.nodes[to].inputs.size());
      if (add_edge(node, output, to, input, false) &&
          recipe_.nodes[node].on_error.policy == error_policy::proceed && dice_.one_in(2))
        recipe_.nodes[node].on_error.policy = error_policy::emit_error;
    }
  }

  /// Follows edges forwards from a random node and leads back to it.
  void add_feedback() {
    for (auto cycles = dice_.between(1, 4); cycles != 0; --cycles) {
      const auto start = dice_.index(recipe_.nodes.size());
      if (recipe_.nodes[start].is_source())
        continue;
      auto end = start;
      for (auto steps = dice_.index(4); steps != 0; --steps)
        end = follow(end);
      const auto port = dice_.index(recipe_.nodes[start].inputs.size());
      (void)connect(end, start, port, true);
    }
  }

  std::size_t follow(std::size_t node) {
    std::vector<std::size_t> next;
    for (const auto& edge : recipe_.edges)
      if (edge.from_node == node && !edge.feedback && edge.to_node != node)
        next.push_back(edge.to_node);
    return next.empty() ? node : next[dice_.index(next.size())];
  }

  /// The collector must have one input, and be no source.
  void insist_on_errors() {
    auto& last = recipe_.nodes.back();
    if (last.inputs.size() != 1)
      recipe_.collects_errors = false;
  }

  dice dice_;
  graph_recipe recipe_;
  std::set<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>> joined_;
  std::size_t blocking_ = 0;
  bool failing_ = false;
  bool fatal_ = false;
  bool waiting_ = false;
  bool controlling_ = false;
  bool passes_control_ = false;
  bool lossless_ = false;
  bool mixed_ = false;
  bool with_feedback_ = false;
  bool all_any_ = false;
  bool routes_errors_ = false;
};

} // namespace

graph_recipe random_recipe(std::uint64_t seed) {
  return recipe_maker(seed).run();
}

} // namespace sluice::stress
