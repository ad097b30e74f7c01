#include "bench/control_latency/scenes.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <optional>
#include <thread>

#include "bench/control_latency/open_loop.hpp"
#include "bench/support/chain.hpp"

namespace sluice::bench {

namespace {

using payload = sample<24>;
/// The latencies a node saw; may be read when `count` says that all are there, or when the flow has ended.
struct record {
  std::vector<std::int64_t> latencies;
  std::atomic<std::size_t> count{0};

  void add(std::int64_t latency) {
    latencies.push_back(latency);
    count.fetch_add(1, std::memory_order_release);
  }
};
using recorded = std::shared_ptr<record>;

constexpr std::size_t hops = 3;
/// Longest wait for the last control message; only a defect makes it longer.
constexpr std::chrono::seconds patience{30};
constexpr auto endless = std::numeric_limits<std::uint32_t>::max();

std::uint64_t count_of(steady::time_point time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

std::int64_t nanoseconds_since(std::uint64_t then) {
  return static_cast<std::int64_t>(count_of(steady::now()) - then);
}

recorded room_for(std::size_t count) {
  auto made = std::make_shared<record>();
  made->latencies.reserve(count);
  return made;
}

/// Tallies data, and records how long ago each control message was sent.
class listening_sink final : public node {
public:
  listening_sink(std::shared_ptr<tally> seen, recorded latencies)
      : seen_(std::move(seen)), latencies_(std::move(latencies)) {}
  void on_message(node_context&, std::size_t, message& in) override {
    seen_->sum += in.get<payload>().number();
    ++seen_->count;
  }
  bool on_control(node_context&, std::size_t, const message& control) override {
    latencies_->add(nanoseconds_since(control.get<std::uint64_t>()));
    return true;
  }

private:
  std::shared_ptr<tally> seen_;
  recorded latencies_;
};

/// Emits what its open loop says is due.
class paced_source final : public node {
public:
  explicit paced_source(const pace& sent) : loop_(sent.interval), left_(sent.count) {}
  void on_start(node_context&) override { wake_precisely(); }
  produce_result produce(node_context& context, std::size_t room) override {
    for (std::size_t i = 0; i < room && left_ != 0 && (i == 0 || loop_.due()); ++i, --left_)
      context.emit(0, payload(count_of(loop_.next())));
    return left_ != 0 ? produce_result::more : produce_result::done;
  }

private:
  open_loop loop_;
  std::size_t left_;
};

/// As many numbers as it may, and a control message now and then; ends when it has sent all of those.
class talking_source final : public node {
public:
  explicit talking_source(const pace& sent) : sent_(sent) {}
  void on_start(node_context&) override { due_ = steady::now() + sent_.interval; }
  produce_result produce(node_context& context, std::size_t room) override {
    if (const auto now = steady::now(); now >= due_) {
      context.send_control(0, message(count_of(now)));
      due_ = now + sent_.interval;
      if (--sent_.count == 0)
        return produce_result::done;
    }
    for (std::size_t i = 0; i < room; ++i)
      context.emit(0, payload(next_++));
    return produce_result::more;
  }

private:
  pace sent_;
  steady::time_point due_;
  std::uint64_t next_ = 0;
};

/// Records how long ago each message was sent.
class stopwatch_sink final : public node {
public:
  explicit stopwatch_sink(recorded latencies) : latencies_(std::move(latencies)) {}
  void on_message(node_context&, std::size_t, message& in) override {
    latencies_->add(nanoseconds_since(in.get<payload>().number()));
  }

private:
  recorded latencies_;
};

runtime_options options_of(const tuning& chosen) {
  runtime_options options;
  options.sharing = chosen.sharing;
  options.scheduler_throughput = chosen.a_turn;
  return options;
}

/// `add_chain`, with `last` in place of the sink.
void add_chain_to(graph& made, const std::string& prefix, const std::function<std::unique_ptr<node>()>& last,
                  std::size_t length) {
  add_chain<payload>(made, prefix, endless, length, nullptr);
  made.nodes.back().make = last;
}

/// Two endless chains per worker; they stop when told to.
class load {
public:
  explicit load(flow_runtime& runtime) {
    graph made;
    const auto chains = 2 * std::max(1U, std::thread::hardware_concurrency());
    for (unsigned chain = 0; chain < chains; ++chain) {
      seen_.push_back(std::make_shared<tally>());
      add_chain<payload>(made, fmt::format("load{}_", chain), endless, 1, seen_.back());
    }
    flow_.emplace(runtime.start(planned(made)));
    begin_ = steady::now();
  }

  void stop_into(sighting& seen) {
    flow_->stop();
    if (flow_->wait().outcome != flow_status::finished)
      throw error("flow_failed", "the load did not finish");
    seen.seconds = std::chrono::duration<double>(steady::now() - begin_).count();
    for (const auto& each : seen_) {
      each->check(each->count);
      seen.messages += static_cast<double>(each->count);
    }
  }

private:
  std::vector<std::shared_ptr<tally>> seen_;
  std::optional<flow> flow_;
  steady::time_point begin_;
};

/// Sends control messages that hold the time from which they count; returns how often one was refused.
std::uint64_t send_paced(const flow& target, const std::string& node, const pace& sent) {
  std::uint64_t refusals = 0;
  wake_precisely();
  open_loop loop(sent.interval, missed::skip);
  for (std::size_t i = 0; i < sent.count; ++i) {
    const auto counts_from = count_of(loop.next());
    while (!target.send_control(node, message(counts_from))) {
      ++refusals;
      std::this_thread::yield();
    }
  }
  return refusals;
}

void expect(const recorded& latencies, std::size_t count) {
  if (latencies->count != count)
    throw error("lost_messages", fmt::format("{} of {} messages came",
                                             latencies->count.load(std::memory_order_acquire), count));
}

/// Stops the flow when everything came that was sent; what is on its way from outside when a flow is told to
/// stop may come too late.
void end(const flow& ending, const recorded& latencies, std::size_t expected) {
  const auto deadline = steady::now() + patience;
  while (latencies->count.load(std::memory_order_acquire) != expected && steady::now() < deadline)
    (void)ending.wait_for(std::chrono::milliseconds{1});
  ending.stop();
  const auto summary = ending.wait();
  if (summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  expect(latencies, expected);
}

} // namespace

sighting control_through_saturated_path(const tuning& chosen, const pace& sent) {
  flow_runtime runtime(options_of(chosen));
  graph made;
  const auto seen = std::make_shared<tally>();
  const auto latencies = room_for(sent.count);
  add_chain_to(
      made, "n", [=] { return std::make_unique<listening_sink>(seen, latencies); }, hops);
  const auto begin = steady::now();
  const auto running = runtime.start(planned(made));
  sighting result;
  result.refusals = send_paced(running, "n0", sent);
  end(running, latencies, sent.count);
  seen->check(seen->count);
  result.latencies = std::move(latencies->latencies);
  result.messages = static_cast<double>(seen->count);
  result.seconds = std::chrono::duration<double>(steady::now() - begin).count();
  return result;
}

sighting control_from_source(const tuning& chosen, const pace& sent) {
  flow_runtime runtime(options_of(chosen));
  graph made;
  const auto seen = std::make_shared<tally>();
  const auto latencies = room_for(sent.count);
  add_chain_to(
      made, "n", [=] { return std::make_unique<listening_sink>(seen, latencies); }, hops);
  made.nodes.front().make = [=] { return std::make_unique<talking_source>(sent); };
  sighting result;
  result.seconds = seconds_to_run(runtime, made);
  seen->check(seen->count);
  expect(latencies, sent.count);
  result.latencies = std::move(latencies->latencies);
  result.messages = static_cast<double>(seen->count);
  return result;
}

sighting control_to_idle_flow(const tuning& chosen, const pace& sent) {
  flow_runtime runtime(options_of(chosen));
  graph made;
  const auto latencies = room_for(sent.count);
  made.nodes.push_back(
      declare<payload>("quiet", false, true, [] { return std::make_unique<quiet_source>(); }));
  made.nodes.push_back(declare<payload>("idle", true, false, [latencies] {
    return std::make_unique<listening_sink>(std::make_shared<tally>(), latencies);
  }));
  connect(made, "quiet", "idle");
  load busy(runtime);
  const auto running = runtime.start(planned(made));
  sighting result;
  result.refusals = send_paced(running, "idle", sent);
  end(running, latencies, sent.count);
  busy.stop_into(result);
  result.latencies = std::move(latencies->latencies);
  return result;
}

sighting bare_thread_beside_load(const tuning& chosen, const pace& sent) {
  flow_runtime runtime(options_of(chosen));
  load busy(runtime);
  auto result = bare_thread(sent, missed::skip);
  busy.stop_into(result);
  return result;
}

sighting data_through_idle_path(const tuning& chosen, const pace& sent) {
  flow_runtime runtime(options_of(chosen));
  graph made;
  const auto latencies = room_for(sent.count);
  add_chain_to(
      made, "n", [=] { return std::make_unique<stopwatch_sink>(latencies); }, hops);
  made.nodes.front().make = [=] { return std::make_unique<paced_source>(sent); };
  made.nodes.front().execution = execution_kind::blocking;
  sighting result;
  result.seconds = seconds_to_run(runtime, made);
  expect(latencies, sent.count);
  result.latencies = std::move(latencies->latencies);
  result.messages = static_cast<double>(sent.count);
  return result;
}

} // namespace sluice::bench
