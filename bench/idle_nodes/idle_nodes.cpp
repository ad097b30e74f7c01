// What nodes that do nothing cost those that work, and what they cost at all. See README.md.

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <limits>
#include <map>
#include <unistd.h>
#include <utility>

#include "bench/support/chain.hpp"
#include "bench/support/child.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

using payload = sample<24>;
using clock_type = std::chrono::steady_clock;

constexpr auto endless = std::numeric_limits<std::uint32_t>::max();

/// Idle nodes hang together in chains of this many.
constexpr std::size_t chain_nodes = 10;

/// One run: a busy path beside `nodes` idle ones.
struct crowd {
  std::size_t nodes = 0;
  std::size_t per_chain = chain_nodes;
  std::uint64_t messages = 0;

  std::size_t edges() const { return nodes - nodes / per_chain; }
};

/// What one run saw; the order is that of the figures a child prints.
enum figure : std::size_t {
  rate,
  validate_seconds,
  start_seconds,
  resident_bytes,
  stop_seconds,
  figure_count
};
using figures = std::vector<double>;

double seconds_between(clock_type::time_point begin, clock_type::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

double resident_now() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  if (!(file >> total_pages >> resident_pages))
    throw error("no_statm", "cannot read /proc/self/statm");
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// What the nodes tell the one who measures. Counting begins when every idle node was told to go, not before.
struct milestones {
  tally seen;
  std::atomic<std::size_t> chains_to_go{0};
  std::promise<clock_type::time_point> first;
  std::promise<clock_type::time_point> last;
};

/// Notes when the first and the last of `wanted` messages came that are counted.
class milestone_sink final : public node {
public:
  milestone_sink(std::shared_ptr<milestones> reached, std::uint64_t wanted)
      : reached_(std::move(reached)), wanted_(wanted) {}
  void on_message(node_context&, std::size_t, message& in) override {
    auto& seen = reached_->seen;
    seen.sum += in.get<payload>().number();
    ++seen.count;
    if (counted_ == 0 && reached_->chains_to_go.load(std::memory_order_acquire) != 0)
      return;
    if (++counted_ == 1)
      reached_->first.set_value(clock_type::now());
    if (counted_ == wanted_)
      reached_->last.set_value(clock_type::now());
  }

private:
  std::shared_ptr<milestones> reached_;
  std::uint64_t wanted_;
  std::uint64_t counted_ = 0;
};

/// Asked once when it may go, and never has anything to say.
class idle_source final : public node {
public:
  explicit idle_source(std::shared_ptr<milestones> reached) : reached_(std::move(reached)) {}
  produce_result produce(node_context& context, std::size_t) override {
    if (context.stopping())
      return produce_result::done;
    if (!std::exchange(gone_, true))
      reached_->chains_to_go.fetch_sub(1, std::memory_order_release);
    return produce_result::wait;
  }

private:
  std::shared_ptr<milestones> reached_;
  bool gone_ = false;
};

/// A source, relays and a sink that never hear anything.
void add_idle_chain(graph& made, std::size_t number, std::size_t length,
                    const std::shared_ptr<milestones>& reached) {
  const auto prefix = fmt::format("idle{}_", number);
  add_chain<payload>(made, prefix, 0, length - 1, std::make_shared<tally>());
  made.nodes[made.nodes.size() - length].make = [reached] { return std::make_unique<idle_source>(reached); };
}

graph crowded(const crowd& wanted, const std::shared_ptr<milestones>& reached) {
  graph made;
  add_chain<payload>(made, "busy", endless, 1, nullptr);
  made.nodes.back().make = [reached, messages = wanted.messages] {
    return std::make_unique<milestone_sink>(reached, messages);
  };
  reached->chains_to_go = wanted.nodes / wanted.per_chain;
  for (std::size_t chain = 0; chain < wanted.nodes / wanted.per_chain; ++chain)
    add_idle_chain(made, chain, wanted.per_chain, reached);
  return made;
}

figures measure(const crowd& wanted) {
  figures seen(figure_count);
  const auto reached = std::make_shared<milestones>();
  const auto made = crowded(wanted, reached);
  auto runtime = std::make_unique<flow_runtime>();
  const auto resident_before = resident_now();

  const auto begin = clock_type::now();
  const auto plan = planned(made);
  const auto validated = clock_type::now();
  const auto running = runtime->start(plan);
  const auto first = reached->first.get_future().get();
  const auto last = reached->last.get_future().get();
  seen[rate] = static_cast<double>(wanted.messages) / seconds_between(first, last);
  seen[validate_seconds] = seconds_between(begin, validated);
  seen[start_seconds] = seconds_between(validated, first);
  seen[resident_bytes] = resident_now() - resident_before;

  const auto told = clock_type::now();
  running.stop();
  if (const auto summary = running.wait(); summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  runtime.reset();
  seen[stop_seconds] = seconds_between(told, clock_type::now());
  reached->seen.check(reached->seen.count);
  return seen;
}

/// All runs of one size, figure by figure.
using history = std::map<std::size_t, std::vector<std::vector<double>>>;

double median(const history& all, std::size_t nodes, figure which) {
  return spread_of(all.at(nodes).at(which)).median;
}

figures measure_apart(const crowd& wanted, history& all) {
  const auto seen = in_child([&] { return measure(wanted); });
  auto& kept = all[wanted.nodes];
  kept.resize(figure_count);
  for (std::size_t i = 0; i < figure_count; ++i)
    kept[i].push_back(seen[i]);
  return seen;
}

void report_costs(report& found, const history& all) {
  std::vector<report::row> rows;
  for (const auto& [nodes, kept] : all) {
    if (nodes == 0)
      continue;
    const auto count = static_cast<double>(nodes);
    const auto validate_us = median(all, nodes, validate_seconds) / count * 1e6;
    const auto start_us = median(all, nodes, start_seconds) / count * 1e6;
    const auto bytes = (median(all, nodes, resident_bytes) - median(all, 0, resident_bytes)) / count;
    const auto stop_ms = median(all, nodes, stop_seconds) * 1e3;
    rows.push_back({fmt::format("{} idle nodes, {} edges", nodes, crowd{nodes}.edges()),
                    {validate_us, start_us, bytes / 1024, stop_ms, stop_ms * 1e3 / count}});
  }
  found.add("Cost of a node with its 0.9 edges (median)",
            {"validate_us", "start_us", "resident_KiB", "stop_all_ms", "stop_us"}, rows);
}

/// Two shapes with as many nodes and not as many edges tell what a node takes and what an edge takes.
void report_memory(report& found, std::size_t nodes) {
  const auto bytes = [](const crowd& wanted) {
    std::vector<double> seen;
    for (int run = 0; run < 3; ++run)
      seen.push_back(in_child([&] { return measure(wanted); })[resident_bytes]);
    return spread_of(std::move(seen)).median;
  };
  const crowd none{0, 1, 1000};
  const crowd few_edges{nodes, 2, 1000};
  const crowd many_edges{nodes, 100, 1000};
  const auto base = bytes(none);
  const auto few = bytes(few_edges) - base;
  const auto many = bytes(many_edges) - base;
  const auto edge = (many - few) / static_cast<double>(many_edges.edges() - few_edges.edges());
  const auto node = (few - edge * static_cast<double>(few_edges.edges())) / static_cast<double>(nodes);
  found.add(fmt::format("Resident memory by part, from two graphs of {} idle nodes", nodes), {"KiB"},
            {{"a node", {node / 1024}}, {"an edge", {edge / 1024}}});
}

void answer(report& found, const arguments& given) {
  const auto messages = given.scaled(10'000'000);
  history all;
  std::vector<contestant> contestants;
  for (const std::size_t nodes : {0, 100, 1'000, 10'000, 100'000})
    contestants.push_back({nodes == 0 ? "alone" : fmt::format("beside {} idle nodes", nodes), [=, &all] {
                             return measure_apart({nodes, chain_nodes, messages}, all)[rate];
                           }});
  found.add("One busy hop", "M messages/s", 1e6, compete(contestants, 0, given.rounds));
  report_costs(found, all);
  report_memory(found, 10'000);
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "idle_nodes", answer);
}
