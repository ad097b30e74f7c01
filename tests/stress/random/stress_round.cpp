#include "tests/stress/random/stress_round.hpp"

#include "model/graph/flow_plan.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "tests/stress/random/accounting.hpp"
#include "tests/stress/random/interference.hpp"
#include "tests/stress/random/random_recipe.hpp"
#include "tests/stress/random/recent_log.hpp"
#include "tests/stress/random/recipe_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::stress {

namespace {

/// One flow with all that belongs to it.
struct trial {
  std::shared_ptr<const graph_recipe> recipe;
  flow_ledger books;
  std::shared_ptr<const flow_plan> plan;
  std::optional<flow> running;
  std::optional<interference> treatment_plan;
  flow_snapshot before = {};
  std::optional<flow_summary> summary = {};
};

class stress_round {
public:
  stress_round(std::uint64_t seed, const round_limits& limits)
      : seed_(seed), limits_(limits), chance_(seed), log_(std::make_shared<recent_log>()) {}

  round_result run() {
    make_runtime();
    const auto flows = chance_.one_in(4) ? chance_.between(2, 3) : 1;
    for (std::uint64_t i = 0; i < flows && found_.empty(); ++i)
      start_one();
    if (chance_.one_in(10))
      destroy_at_ = chance_.magnitude(200) - 1;
    if (found_.empty())
      watch();
    if (!hangs_ && found_.empty())
      check_ends();
    return result();
  }

private:
  void make_runtime() {
    runtime_options options;
    options.workers = static_cast<std::size_t>(chance_.between(1, 4));
    options.sharing = !chance_.one_in(3) || limits_.sharing_only;
    options.log = [log = log_](log_level, std::string_view event, std::string_view text) {
      log->write(event, text);
    };
    scheduler_ = fmt::format("{} workers, {}\n", options.workers, options.sharing ? "sharing" : "stealing");
    runtime_ = std::make_unique<flow_runtime>(options);
  }

  void start_one() {
    trial made;
    made.recipe = std::make_shared<const graph_recipe>(random_recipe(chance_.seed()));
    made.books = make_ledger(*made.recipe);
    made.treatment_plan.emplace(chance_, *made.recipe);
    auto checked = validate(build(made.recipe, made.books), node_catalog{});
    made.plan = checked.plan;
    if (made.plan) {
      flow_options options;
      options.abort_timeout = limits_.abort_patience;
      options.drain_timeout = limits_.patience;
      made.running = runtime_->start(made.plan, options);
    } else {
      for (const auto& one : checked.found)
        if (one.is_error())
          found_.push_back("the graph is not valid: " + to_string(one));
    }
    trials_.push_back(std::move(made));
  }

  /// Looks at the counters until all flows have ended.
  void watch() {
    const auto until = std::chrono::steady_clock::now() + limits_.patience;
    for (std::uint64_t look = 0; found_.empty(); ++look) {
      const trial* open = nullptr;
      for (auto& each : trials_)
        if (!look_at(each, look))
          open = &each;
      if (open == nullptr)
        return;
      if (destroy_at_ && look >= *destroy_at_)
        return destroy();
      if (std::chrono::steady_clock::now() > until)
        return give_up();
      (void)open->running->wait_for(std::chrono::microseconds{200});
    }
  }

  /// Returns true when the flow has ended.
  bool look_at(trial& one, std::uint64_t look) {
    if (one.summary)
      return true;
    one.treatment_plan->act(*one.running, look);
    auto now = one.running->snapshot();
    check_running(one.before, now, found_);
    one.before = std::move(now);
    one.summary = one.running->wait_for(std::chrono::nanoseconds{0});
    return one.summary.has_value();
  }

  /// Keeps what the counters are while the flow hangs, and tries an abort.
  void give_up() {
    found_.push_back(fmt::format("a flow did not end within {} s", limits_.patience.count()));
    for (const auto& each : trials_)
      scenes_ += describe(each);
    for (auto& each : trials_)
      each.running->abort("the stress test gives up");
    for (auto& each : trials_)
      if (!each.running->wait_for(limits_.abort_patience)) {
        found_.push_back("not even an abort ended it");
        hangs_ = true;
      }
  }

  void destroy() {
    for (auto& each : trials_)
      each.treatment_plan->note_aborted();
    runtime_.reset();
    for (auto& each : trials_) {
      each.summary = each.running->wait_for(std::chrono::nanoseconds{0});
      if (!each.summary)
        found_.push_back("the runtime was destroyed and its flow has not ended");
    }
  }

  void check_ends() {
    for (const auto& each : trials_) {
      check_ended({*each.recipe, *each.plan, each.books, *each.summary, each.treatment_plan->done()}, found_);
      for (const auto& edge : each.summary->final.edges)
        messages_ += edge.counters.offered;
    }
  }

  round_result result() {
    round_result made{trials_.size(), messages_, {}, hangs_};
    if (found_.empty())
      return made;
    made.failure =
        fmt::format("stress_random --seed {} failed: {} complaints; {}", seed_, found_.size(), scheduler_);
    constexpr std::size_t shown = 40;
    for (std::size_t i = 0; i < std::min(shown, found_.size()); ++i)
      made.failure += "  " + found_[i] + "\n";
    for (const auto& each : trials_)
      if (scenes_.empty())
        made.failure += describe(each);
    made.failure += scenes_;
    made.failure += "recent log:\n" + log_->text();
    if (hangs_)
      (void)runtime_.release();
    return made;
  }

  static std::string describe(const trial& one) {
    auto text = to_string(*one.recipe) + one.treatment_plan->describe();
    if (one.summary)
      text +=
          fmt::format("ended: {} {}{}; {} discarded\n", to_string(one.summary->outcome), one.summary->reason,
                      one.summary->deadline_exceeded ? "; deadline exceeded" : "", one.summary->discarded);
    if (one.running)
      text += to_string(one.summary ? one.summary->final : one.running->snapshot());
    return text;
  }

  std::uint64_t seed_;
  round_limits limits_;
  dice chance_;
  std::shared_ptr<recent_log> log_;
  std::string scheduler_;
  std::vector<trial> trials_;
  std::unique_ptr<flow_runtime> runtime_;
  std::optional<std::uint64_t> destroy_at_;
  complaints found_;
  std::string scenes_;
  std::uint64_t messages_ = 0;
  bool hangs_ = false;
};

} // namespace

round_result run_round(std::uint64_t seed, const round_limits& limits) {
  return stress_round(seed, limits).run();
}

} // namespace sluice::stress
