#pragma once

#include "model/graph/graph.hpp"
#include "model/node/node.hpp"
#include "runtime/embed/flow_runtime.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace sluice::bench {

/// A payload of `Bytes` bytes whose first word is a number. 24 bytes make a message of 64 bytes.
template <std::size_t Bytes>
struct sample {
  static_assert(Bytes >= sizeof(std::uint64_t) && Bytes % sizeof(std::uint64_t) == 0);
  sample() = default;
  explicit sample(std::uint64_t number) { words[0] = number; }
  std::uint64_t number() const noexcept { return words[0]; }
  std::array<std::uint64_t, Bytes / sizeof(std::uint64_t)> words{};
};

/// Emits the numbers from 0 to `count - 1`.
template <class Payload>
class number_source final : public node {
public:
  explicit number_source(std::uint64_t count) : count_(count) {}
  produce_result produce(node_context& context, std::size_t room) override {
    if (context.stopping())
      return produce_result::done;
    for (std::size_t i = 0; i < room && next_ < count_; ++i, ++next_)
      context.emit(0, Payload(next_));
    return next_ < count_ ? produce_result::more : produce_result::done;
  }

private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

/// Passes every message on.
class relay final : public node {
  void on_message(node_context& context, std::size_t, message& in) override {
    context.emit(0, std::move(in));
  }
};

/// What a sink saw: enough to know that nothing was lost or sent twice.
struct tally {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  /// Throws `error("lost_messages")` unless these are the numbers from 0 to `expected - 1`, `times` over.
  void check(std::uint64_t expected, std::uint64_t times = 1) const;
};

/// Counts and adds up what comes. The tally may be read when the flow has ended.
template <class Payload>
class number_sink final : public node {
public:
  explicit number_sink(std::shared_ptr<tally> seen) : seen_(std::move(seen)) {}
  void on_message(node_context&, std::size_t, message& in) override {
    seen_->sum += in.get<Payload>().number();
    ++seen_->count;
  }

private:
  std::shared_ptr<tally> seen_;
};

/// A source that has nothing to say until it is stopped.
class quiet_source final : public node {
  produce_result produce(node_context& context, std::size_t) override {
    return context.stopping() ? produce_result::done : produce_result::wait;
  }
};

/// Returns a C++ node with at most one input `in` and one output `out` of `Payload`.
template <class Payload>
node_declaration declare(std::string id, bool takes, bool gives,
                         std::function<std::unique_ptr<node>()> make) {
  node_declaration declared;
  declared.id = std::move(id);
  declared.make = std::move(make);
  if (takes)
    declared.ports.inputs = {{"in", port_type::of<Payload>()}};
  if (gives)
    declared.ports.outputs = {{"out", port_type::of<Payload>()}};
  return declared;
}

/// Adds an edge between the only ports of two nodes.
void connect(graph& made, const std::string& from, const std::string& to, const edge_settings& settings = {});

/// Adds a source of `count` numbers, `hops` edges and a sink that tells `seen`; nodes are called
/// `<prefix>0` … `<prefix><hops>`.
template <class Payload>
void add_chain(graph& made, const std::string& prefix, std::uint64_t count, std::size_t hops,
               const std::shared_ptr<tally>& seen, const edge_settings& settings = {}) {
  const auto id = [&](std::size_t number) { return prefix + std::to_string(number); };
  made.nodes.push_back(declare<Payload>(id(0), false, true,
                                        [count] { return std::make_unique<number_source<Payload>>(count); }));
  for (std::size_t hop = 1; hop < hops; ++hop)
    made.nodes.push_back(declare<Payload>(id(hop), true, true, [] { return std::make_unique<relay>(); }));
  made.nodes.push_back(declare<Payload>(id(hops), true, false,
                                        [seen] { return std::make_unique<number_sink<Payload>>(seen); }));
  for (std::size_t hop = 0; hop < hops; ++hop)
    connect(made, id(hop), id(hop + 1), settings);
}

/// Validates; throws `error("invalid_graph")` with the first finding.
std::shared_ptr<const flow_plan> planned(const graph& made);

/// Runs `made` to its end in `runtime` and returns the seconds from its start to its end. Throws unless it
/// finished and every edge balances.
double seconds_to_run(flow_runtime& runtime, const graph& made);

} // namespace sluice::bench
