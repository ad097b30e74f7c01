#include "bench/policies/scene.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace sluice::bench {

namespace {

using steady = std::chrono::steady_clock;

/// What the sink does with every message when the edge is to be full.
constexpr std::chrono::nanoseconds slow_work{200};

/// Distinct keys of a `latest` edge of capacity 1024.
constexpr std::uint64_t keys_that_fit = 256;
constexpr std::uint64_t keys_that_do_not = 4096;

/// What the two ends share: one past the highest number that the sink has handled.
using progress = std::shared_ptr<std::atomic<std::uint64_t>>;

/// Emits numbers, but never runs more than half of the edge's capacity ahead of the sink.
class window_source final : public node {
public:
  window_source(std::uint64_t count, progress handled) : count_(count), handled_(std::move(handled)) {}
  produce_result produce(node_context& context, std::size_t room) override {
    if (context.stopping())
      return produce_result::done;
    const auto end =
        std::min(count_, handled_->load(std::memory_order_acquire) + defaults::edge_capacity / 2);
    for (std::size_t i = 0; i < room && next_ < end; ++i, ++next_)
      context.emit(0, numbered(next_));
    return next_ < count_ ? produce_result::more : produce_result::done;
  }

private:
  std::uint64_t count_;
  progress handled_;
  std::uint64_t next_ = 0;
};

/// Counts what comes, after some work, and tells how far it is.
class working_sink final : public node {
public:
  working_sink(std::shared_ptr<tally> seen, progress handled, std::chrono::nanoseconds work)
      : seen_(std::move(seen)), handled_(std::move(handled)), work_(work) {}
  void on_message(node_context&, std::size_t, message& in) override {
    if (work_.count() != 0)
      for (const auto end = steady::now() + work_; steady::now() < end;) {
      }
    const auto number = in.get<numbered>().number();
    seen_->sum += number;
    ++seen_->count;
    if (number >= handled_->load(std::memory_order_relaxed))
      handled_->store(number + 1, std::memory_order_release);
  }

private:
  std::shared_ptr<tally> seen_;
  progress handled_;
  std::chrono::nanoseconds work_;
};

graph make_graph(const edge_settings& settings, pressure under, std::uint64_t count,
                 const std::shared_ptr<tally>& seen) {
  graph made;
  const auto handled = std::make_shared<std::atomic<std::uint64_t>>(0);
  made.nodes.push_back(declare<numbered>("source", false, true, [=]() -> std::unique_ptr<node> {
    if (under == pressure::never_full)
      return std::make_unique<window_source>(count, handled);
    return std::make_unique<number_source<numbered>>(count);
  }));
  const auto work = under == pressure::full ? slow_work : std::chrono::nanoseconds{0};
  made.nodes.push_back(declare<numbered>(
      "sink", true, false, [=] { return std::make_unique<working_sink>(seen, handled, work); }));
  connect(made, "source", "sink", settings);
  return made;
}

/// Folds the numbers, so that their sum survives.
void add_numbers(message& queued, message&& incoming) {
  queued = queued.with(numbered(queued.get<numbered>().number() + incoming.get<numbered>().number()));
}

edge_settings with_policy(overflow_policy policy) {
  edge_settings settings;
  settings.policy = policy;
  return settings;
}

/// Returns how many messages the edge's own policy kept from the sink.
std::uint64_t kept_by_policy(overflow_policy policy, const edge_counters& found) {
  switch (policy) {
  case overflow_policy::block:
    return 0;
  case overflow_policy::drop:
    return found.dropped;
  case overflow_policy::drop_oldest:
    return found.evicted;
  case overflow_policy::latest:
    return found.replaced + found.evicted;
  case overflow_policy::coalesce:
    return found.coalesced;
  }
  return 0;
}

void check(const policy_case& which, pressure under, std::uint64_t count, const edge_counters& found,
           const tally& seen) {
  const auto require = [&](bool holds, const char* what) {
    if (!holds)
      throw error("wrong_accounting",
                  fmt::format("{}: {}; {} were sent, {} offered, {} delivered, {} seen", which.name, what,
                              count, found.offered, found.delivered, seen.count));
  };
  const auto policy = which.settings.policy;
  const auto kept = kept_by_policy(policy, found);
  require(found.balanced(), "the counters do not balance");
  require(found.offered == count, "not every message was offered");
  require(found.delivered == seen.count, "the sink saw another number than was delivered");
  require(found.delivered + kept == count, "a counter of another policy moved");
  const bool replaces_always = policy == overflow_policy::latest;
  require(under == pressure::full || replaces_always || kept == 0, "the edge was full");
  require(under == pressure::full || found.evicted == 0, "the edge was full");
  if (policy == overflow_policy::block || policy == overflow_policy::coalesce)
    require(seen.sum == count * (count - 1) / 2, "the sum is wrong");
}

} // namespace

std::vector<policy_case> policy_cases(pressure under) {
  auto coalesce = with_policy(overflow_policy::coalesce);
  coalesce.coalesce_name = "add_numbers";
  coalesce.coalesce = add_numbers;
  auto keyed = with_policy(overflow_policy::latest);
  const auto keys = under == pressure::full ? keys_that_do_not : keys_that_fit;
  keyed.key_source = "number";
  keyed.key = [keys](const message& in) { return std::to_string(in.get<numbered>().number() % keys); };
  std::vector<policy_case> all{{"block", with_policy(overflow_policy::block)},
                               {"drop", with_policy(overflow_policy::drop)},
                               {"drop_oldest", with_policy(overflow_policy::drop_oldest)},
                               {fmt::format("latest, {} keys", keys), keyed},
                               {"coalesce", coalesce}};
  // Without a key one message is queued in all: always full.
  if (under == pressure::full)
    all.push_back({"latest, no key", with_policy(overflow_policy::latest)});
  return all;
}

policy_outcome run_policy(const policy_case& which, pressure under, std::uint64_t count) {
  const auto seen = std::make_shared<tally>();
  const auto plan = planned(make_graph(which.settings, under, count, seen));
  flow_runtime runtime;
  const auto begin = steady::now();
  const auto summary = runtime.start(plan).wait();
  const std::chrono::duration<double> took = steady::now() - begin;
  if (summary.outcome != flow_status::finished)
    throw error("flow_failed", summary.reason);
  const auto& found = summary.final.edges.front().counters;
  check(which, under, count, found, *seen);
  return {took.count(), found};
}

} // namespace sluice::bench
