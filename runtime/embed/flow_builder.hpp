#pragma once

#include "model/graph/graph_builder.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/inlet.hpp"
#include "runtime/embed/outlet.hpp"
#include "runtime/embed/placed_node.hpp"
#include "runtime/embed/typed_nodes.hpp"

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

/// What messages come out of: an `out_port`, an `inlet`, a `stage`, a `placed_node` with outputs; with
/// several of them the compiler asks for the name of one.
template <class T>
concept gives_messages = requires(const T& from) {
  typename T::value_type;
  { from.out() } -> std::convertible_to<out_port<typename T::value_type>>;
};

/// What messages go into: an `in_port`, a `stage`, a `placed_node` with inputs, likewise.
template <class T>
concept takes_messages = requires(const T& to) {
  to.in().node;
};

/// Writes graphs in C++ whose edges the compiler checks: joining an output to an input of another payload
/// does not compile. `graph_builder` underneath makes the same graphs without that.
///
///     flow_builder b("prices");
///     auto prices = b.inlet<double>("prices", 1024);
///     auto doubled = b.map(prices, "double", [](double price) { return 2 * price; });
///     b.sink(doubled, "print", [](double price) { std::cout << price << '\n'; });
///     flow running = b.start(runtime);
///     prices.try_push(21.5);
///     prices.close();
///     running.wait();
///
/// Each node has an id, unique in the graph, and functions run in its handlers: one thread at a time, not
/// always the same, never two of one node at once; what two nodes share needs a lock. They must not wait,
/// unless `execution(execution_kind::blocking)` follows. What they throw goes the way of the node's error
/// policy (`on_error`). Functions are copied for each start, and again for a restart. A function that takes
/// `const T&` reads the payload; one that takes `T&&` owns it: moved if nobody shares it, else copied.
///
/// Not thread-safe. Handles outlive the builder.
class flow_builder {
public:
  /// An empty graph of that name, under which its flow is shown and counted.
  explicit flow_builder(std::string name = "flow") : graph_(std::move(name)) {}

  // -- the outside

  /// Adds a source that threads outside the flow feed. `capacity` in messages. Throws `error("bad_value")`
  /// for the capacity 0.
  template <class T>
  [[nodiscard]] sluice::inlet<T> inlet(std::string id, std::size_t capacity = inlet_capacity) {
    (void)detail::require_movable_payload<port<"out", T>>();
    auto queue = std::make_shared<inlet_queue<T>>(id, capacity);
    lines_.push_back(queue);
    add_source<T>(std::move(id), [queue] { return std::make_unique<detail::inlet_node<T>>(queue); });
    return sluice::inlet<T>(std::move(queue));
  }

  /// Adds a sink that threads outside the flow pull from. `capacity` in messages, besides those in the edge.
  /// Throws `error("bad_value")` for the capacity 0.
  template <gives_messages From>
  [[nodiscard]] sluice::outlet<typename From::value_type>
  outlet(const From& from, std::string id, std::size_t capacity = defaults::edge_capacity,
         edge_settings settings = {}) {
    using carried = detail::payload_of_output<From>;
    (void)detail::require_known_payload<carried>();
    auto queue = std::make_shared<outlet_queue<carried>>(id, capacity);
    lines_.push_back(queue);
    add_sink<carried>(
        from, std::move(id), [queue] { return std::make_unique<detail::outlet_node<carried>>(queue); },
        std::move(settings));
    return sluice::outlet<carried>(std::move(queue));
  }

  // -- functions as nodes

  /// Adds a source of what `next` returns, an `std::optional`, until that is empty.
  template <class Function>
  auto generate(std::string id, Function next) {
    using carried = typename detail::function_of_generate<Function>::carried;
    return add_source<carried>(std::move(id), [next = std::move(next)] {
      return std::make_unique<detail::generator_node<Function>>(next);
    });
  }

  /// Adds a node that turns each payload into what `function` returns; trace id, time and key stay. Returns
  /// the node, which is also its output.
  template <gives_messages From, class Function>
  auto map(const From& from, std::string id, Function function, edge_settings settings = {}) {
    using carried = detail::payload_of_output<From>;
    (void)detail::function_of_payload<carried, Function>();
    using result_type = detail::result_for<carried, Function>;
    static_assert(!std::is_void_v<result_type>, "sluice: the function of a map returns a value; use a sink");
    const stage<carried, result_type> added{id};
    graph_.add(
        std::move(id),
        [function = std::move(function)] {
          return std::make_unique<detail::map_node<carried, Function>>(function);
        },
        in_and_out<carried, result_type>());
    connect(from, added, std::move(settings));
    return added;
  }

  /// Adds a node that passes on the messages for which `function(const payload&)` is true.
  template <gives_messages From, class Function>
  auto filter(const From& from, std::string id, Function function, edge_settings settings = {}) {
    using carried = detail::payload_of_output<From>;
    (void)detail::function_of_payload<carried, Function>();
    static_assert(std::is_invocable_r_v<bool, Function&, const carried&>,
                  "sluice: the function of a filter takes const Payload& and returns a bool");
    const stage<carried, carried> added{id};
    graph_.add(
        std::move(id),
        [function = std::move(function)] {
          return std::make_unique<detail::filter_node<carried, Function>>(function);
        },
        in_and_out<carried, carried>());
    connect(from, added, std::move(settings));
    return added;
  }

  /// Adds a node that gives each payload to `function`, on the node's thread. Returns its input, for further
  /// edges.
  template <gives_messages From, class Function>
  auto sink(const From& from, std::string id, Function function, edge_settings settings = {}) {
    using carried = detail::payload_of_output<From>;
    (void)detail::function_of_payload<carried, Function>();
    return add_sink<carried>(
        from, std::move(id),
        [function = std::move(function)] {
          return std::make_unique<detail::sink_node<carried, Function>>(function);
        },
        std::move(settings));
  }

  // -- classes as nodes

  /// Adds a node of a class of one's own (see `node`) that declares its ports, made from copies of
  /// `arguments` for each start. Returns the node, whose ports the compiler knows: `split.out<"left">()`.
  template <declares_ports Node, class... Args>
  placed_node<Node> add(std::string id, Args... arguments) {
    graph_.add(
        id, [arguments...] { return std::make_unique<Node>(arguments...); }, ports_of<Node>());
    return placed_node<Node>(std::move(id));
  }
  /// Adds a node whose ports are known at run time only. Reach them by name: `out_port<bar>("split",
  /// "left")`.
  void add(std::string id, std::function<std::unique_ptr<node>()> make, node_ports ports) {
    graph_.add(std::move(id), std::move(make), std::move(ports));
  }
  /// Adds a node of a type of the catalog; options are written as in YAML. Reach its ports by name:
  /// `in_port<any_payload>("print")`.
  void add_type(std::string id, std::string type,
                const std::vector<std::pair<std::string, std::string>>& given = {}) {
    graph_.add_type(std::move(id), std::move(type), given);
  }

  // -- edges and settings

  /// Joins an output to an input of the same payload. Several edges may leave one output (each gets every
  /// message) or enter one input.
  template <gives_messages From, takes_messages To>
  void connect(const From& from, const To& to, edge_settings settings = {}) {
    (void)detail::require_only_output<From>();
    (void)detail::require_only_input<To>();
    const auto& output = from.out();
    const auto& input = to.in();
    using gives = typename detail::port_of_end<std::decay_t<decltype(output)>>::type;
    using takes = typename detail::port_of_end<std::decay_t<decltype(input)>>::type;
    (void)detail::wire_output_to_input<gives, takes>();
    graph_.connect({output.node, output.port}, {input.node, input.port}, std::move(settings));
  }

  /// What the node added last does after an error.
  void on_error(error_settings settings) { graph_.on_error(settings); }
  /// How the node added last runs; cooperatively unless told otherwise.
  void execution(execution_kind kind) { graph_.execution(kind); }
  /// Sends every error that no edge takes to the only input of `id`.
  void errors(std::string id) { graph_.errors(std::move(id)); }

  /// Returns the graph as it stands; nothing is checked yet, `validate` does that.
  graph build() const { return graph_.build(); }

  /// Validates the graph and starts it. With inlets or outlets it can be started once. Throws
  /// `error("invalid_graph")` with every finding, one a line; `catalog` has the types that `add_type` named.
  flow start(flow_runtime& runtime, flow_options settings = {}, const node_catalog& catalog = {}) const;

private:
  friend struct detail::line_access;

  /// For what stands between a node of one's own and the outside: `line` hears of the end of the flow also
  /// when that node was never made.
  void tell_of_end(std::shared_ptr<outside_line> line) { lines_.push_back(std::move(line)); }

  template <class In, class Out>
  static node_ports in_and_out() {
    return {detail::specs_of(ports<port<"in", In>>()), detail::specs_of(ports<port<"out", Out>>())};
  }

  template <class Out, class Make>
  only_out_port<Out> add_source(std::string id, Make make) {
    graph_.add(id, std::move(make), {{}, detail::specs_of(ports<port<"out", Out>>())});
    return only_out_port<Out>(std::move(id));
  }
  template <class In, class From, class Make>
  only_in_port<In> add_sink(const From& from, std::string id, Make make, edge_settings settings) {
    const only_in_port<In> added(id);
    graph_.add(std::move(id), std::move(make), {detail::specs_of(ports<port<"in", In>>()), {}});
    connect(from, added, std::move(settings));
    return added;
  }

  graph_builder graph_;
  std::vector<std::shared_ptr<outside_line>> lines_;
};

} // namespace sluice
