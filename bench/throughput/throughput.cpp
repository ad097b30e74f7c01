// How many 64-byte messages a second pass a chain of lossless edges, alone and beside idle nodes. See
// README.md.

#include "runtime/embed/flow_runtime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace sluice;

/// Three words: with the envelope a message of 64 bytes.
struct sample {
  std::uint64_t number;
  std::uint64_t second;
  std::uint64_t third;
};

class numbers final : public node {
public:
  explicit numbers(std::uint64_t count) : count_(count) {}
  produce_result produce(node_context& context, std::size_t room) override {
    for (std::size_t i = 0; i < room && next_ < count_; ++i, ++next_)
      context.emit(0, sample{next_, 1, 2});
    return next_ < count_ ? produce_result::more : produce_result::done;
  }

private:
  std::uint64_t count_;
  std::uint64_t next_ = 0;
};

class pass final : public node {
  void on_message(node_context& context, std::size_t, message& in) override {
    context.emit(0, std::move(in));
  }
};

/// Checks that every message came, by their sum.
class sum final : public node {
public:
  explicit sum(std::shared_ptr<std::uint64_t> total) : total_(std::move(total)) {}
  void on_message(node_context&, std::size_t, message& in) override { *total_ += in.get<sample>().number; }

private:
  std::shared_ptr<std::uint64_t> total_;
};

/// A source that has nothing to say until it is stopped.
class quiet final : public node {
  produce_result produce(node_context& context, std::size_t) override {
    return context.stopping() ? produce_result::done : produce_result::wait;
  }
};

template <class Make>
node_declaration declare(std::string id, bool takes, bool gives, Make make) {
  node_declaration declared;
  declared.id = std::move(id);
  declared.make = std::move(make);
  if (takes)
    declared.ports.inputs = {{"in", port_type::of<sample>()}};
  if (gives)
    declared.ports.outputs = {{"out", port_type::of<sample>()}};
  return declared;
}

void connect(graph& made, const std::string& from, const std::string& to) {
  edge_declaration edge;
  edge.from.node = from;
  edge.to.node = to;
  made.edges.push_back(std::move(edge));
}

void add_chain(graph& made, std::uint64_t count, int hops, const std::shared_ptr<std::uint64_t>& total) {
  made.nodes.push_back(declare("n0", false, true, [count] { return std::make_unique<numbers>(count); }));
  for (int hop = 1; hop < hops; ++hop)
    made.nodes.push_back(
        declare(fmt::format("n{}", hop), true, true, [] { return std::make_unique<pass>(); }));
  made.nodes.push_back(
      declare(fmt::format("n{}", hops), true, false, [total] { return std::make_unique<sum>(total); }));
  for (int hop = 0; hop < hops; ++hop)
    connect(made, fmt::format("n{}", hop), fmt::format("n{}", hop + 1));
}

void add_idle_pairs(graph& made, int pairs) {
  for (int pair = 0; pair < pairs; ++pair) {
    made.nodes.push_back(
        declare(fmt::format("idle{}", pair), false, true, [] { return std::make_unique<quiet>(); }));
    made.nodes.push_back(declare(fmt::format("still{}", pair), true, false,
                                 [] { return std::make_unique<sum>(std::make_shared<std::uint64_t>()); }));
    connect(made, fmt::format("idle{}", pair), fmt::format("still{}", pair));
  }
}

/// Returns messages per second from the first delivery on; 0 when a message was lost.
double measure(std::uint64_t count, int hops, int idle_nodes) {
  const auto total = std::make_shared<std::uint64_t>(0);
  graph made;
  add_chain(made, count, hops, total);
  add_idle_pairs(made, idle_nodes / 2);
  const auto plan = validate(made, node_catalog{}).plan;
  flow_runtime runtime;
  const auto running = runtime.start(plan);
  const auto delivered = [&] {
    return running.snapshot().edges[static_cast<std::size_t>(hops) - 1].counters.delivered;
  };
  while (delivered() == 0)
    (void)running.wait_for(std::chrono::milliseconds{1});
  const auto begin = std::chrono::steady_clock::now();
  const auto first = delivered();
  while (delivered() != count)
    (void)running.wait_for(std::chrono::milliseconds{5});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  running.stop();
  (void)running.wait();
  return *total == count * (count - 1) / 2 ? static_cast<double>(count - first) / took.count() : 0;
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

} // namespace

int main() {
  constexpr int rounds = 5;
  constexpr std::uint64_t count = 10'000'000;
  struct row {
    const char* name;
    int hops;
    int idle_nodes;
    std::vector<double> rates = {};
  };
  std::vector<row> rows{{"1 hop", 1, 0}, {"3 hops", 3, 0}, {"1 hop beside 10,000 idle nodes", 1, 10'000}};
  // Interleaved, so that what else the machine does hits all alike.
  for (int round = 0; round < rounds; ++round)
    for (auto& each : rows)
      each.rates.push_back(measure(count, each.hops, each.idle_nodes));
  fmt::print("| path | M messages/s, median | least | most | of 1 hop |\n|---|---|---|---|---|\n");
  const auto one_hop = median(rows[0].rates);
  bool complete = true;
  for (const auto& each : rows) {
    const auto [least, most] = std::minmax_element(each.rates.begin(), each.rates.end());
    complete = complete && *least > 0;
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {:.2f} |\n", each.name, median(each.rates) / 1e6,
               *least / 1e6, *most / 1e6, median(each.rates) / one_hop);
  }
  return complete ? EXIT_SUCCESS : EXIT_FAILURE;
}
