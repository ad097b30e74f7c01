// What operator rules cost beside RE2::Set alone. See README.md.

#include "model/rules/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "bench/rules/bare_set.hpp"
#include "bench/rules/corpus.hpp"
#include "bench/rules/kept_rules.hpp"
#include "bench/rules/node_by_hand.hpp"
#include "bench/rules/rules_flow.hpp"
#include "bench/support/contest.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;
using std::chrono::steady_clock;

/// As many as an edge holds: they stay in the cache, as records do that a flow has just parsed.
constexpr std::size_t usual_texts = 1'000;
/// Passes over the records that count as "right after" a swap: two or three milliseconds.
constexpr std::size_t swap_rounds = 10;
/// As many texts as a place remembers.
constexpr std::size_t warming_texts = 1024;
/// How long one run lasts.
constexpr double run_seconds = 0.15;

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// Processor time of this thread: a run of a few milliseconds would else show who took the processor away.
double worked_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void require(bool right, const std::string& what) {
  if (!right)
    throw error("wrong_result", what);
}

/// Everything that matches one corpus, each part once and warm.
class scene {
public:
  scene(std::size_t texts, std::size_t rules, std::size_t one_in)
      : given_(make_corpus(texts, rules, one_in)),
        records_(records_of(given_.texts)),
        view_(view_of(given_.rules)),
        bare_(given_.rules),
        places_(std::make_shared<fixed_rules>()) {
    places_->in_force->publish(compiled_rules::compile(view_, {}));
    node_ = std::make_unique<node_by_hand>(places_);
    expected_ = (texts + one_in - 1) / one_in;
    require(bare_.match(given_.texts) == expected_, "RE2::Set found something else than one hit a text");
    require(node_->feed(records_, 0, texts) == expected_, "the node tagged other records");
    const auto begin = steady_clock::now();
    (void)bare_.match(given_.texts);
    rounds_ = 1 + static_cast<std::size_t>(run_seconds / seconds_since(begin));
  }

  std::vector<contestant> contestants(double scale) {
    const auto rounds =
        std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(rounds_) * scale));
    return {{"RE2::Set alone", [this, rounds] { return bare(rounds); }},
            {"rules in a flow", [this, rounds] { return flow(rounds); }},
            {"rules by hand", [this, rounds] { return by_hand(rounds); }}};
  }

  /// What a node that has run for a while has remembered.
  void remember_texts() {
    for (std::size_t i = 0; i < warming_texts; ++i)
      places_->in_force->remember("command", given_.texts[i % given_.texts.size()]);
  }

  /// Compares the first records after a swap: one rule was edited, compiled and warmed.
  std::vector<contestant> after_swap() {
    return {{"RE2::Set alone, warm",
             [this] {
               // What ran before has pushed it out of the cache, which a few milliseconds would mostly show.
               (void)bare_.match(given_.texts);
               const auto begin = worked_seconds();
               (void)bare(swap_rounds);
               return rate(swap_rounds, worked_seconds() - begin);
             }},
            {"rules by hand, just swapped", [this] { return swapped(); }}};
  }

  /// Edits one rule; returns the seconds until its new form is in force.
  double edit(rule_compiling how) {
    auto& some = view_.begin()->second.definition;
    auto edited = *some;
    edited.pattern = fmt::format("edited{}", ++edits_);
    const auto begin = steady_clock::now();
    some = std::make_shared<const rule>(std::move(edited));
    const auto before = places_->in_force->get();
    const auto made = compiled_rules::compile(view_, {}, before.get(), how);
    made->warm("command", places_->in_force->remembered("command"));
    places_->in_force->publish(made);
    return seconds_since(begin);
  }

private:
  double rate(std::size_t rounds, double seconds) const {
    return static_cast<double>(rounds * given_.texts.size()) / seconds;
  }

  double bare(std::size_t rounds) const {
    const auto begin = steady_clock::now();
    for (std::size_t i = 0; i < rounds; ++i)
      require(bare_.match(given_.texts) == expected_, "RE2::Set lost a hit");
    return rate(rounds, seconds_since(begin));
  }

  double by_hand(std::size_t rounds) const {
    const auto begin = steady_clock::now();
    for (std::size_t i = 0; i < rounds; ++i)
      require(node_->feed(records_, 0, records_.size()) == expected_, "the node lost a hit");
    return rate(rounds, seconds_since(begin));
  }

  double flow(std::size_t rounds) const {
    const auto seen = run_rules_flow(places_, records_, rounds * records_.size());
    require(seen.tagged == rounds * expected_ && seen.tagged + seen.untagged == rounds * records_.size(),
            "the flow lost records");
    return rate(rounds, seen.seconds);
  }

  double swapped() {
    // On another thread, as a keeper does: what this processor has in its cache, it keeps.
    std::thread([&] { (void)edit(rule_compiling::quick); }).join();
    const auto begin = worked_seconds();
    (void)node_->feed(records_, 0, swap_rounds * records_.size());
    return rate(swap_rounds, worked_seconds() - begin);
  }

  corpus given_;
  std::vector<message> records_;
  rule_view view_;
  bare_set bare_;
  std::shared_ptr<fixed_rules> places_;
  std::unique_ptr<node_by_hand> node_;
  std::size_t expected_ = 0;
  std::size_t rounds_ = 1;
  std::size_t edits_ = 0;
};

std::string title_of(std::size_t rules, std::size_t one_in) {
  return fmt::format("{} rules, 1 of {} records matches", rules, one_in);
}

void compare(report& found, const arguments& given, std::size_t rules, std::size_t one_in) {
  const auto title = title_of(rules, one_in);
  if (!given.wants(title))
    return;
  scene made(usual_texts, rules, one_in);
  found.add(title, "M records/s", 1e6, compete(made.contestants(given.scale), 0, given.rounds));
}

void compare_after_swap(report& found, const arguments& given, std::size_t rules) {
  const auto title = title_of(rules, 100) + ", right after a swap";
  if (!given.wants(title))
    return;
  scene made(usual_texts, rules, 100);
  made.remember_texts();
  found.add(title, "M records/s", 1e6, compete(made.after_swap(), 0, given.rounds));
}

void measure_edits(report& found, const arguments& given) {
  const std::string title = "An edit of one rule until it is in force, ms";
  if (!given.wants(title))
    return;
  std::vector<report::row> rows;
  for (const std::size_t rules : {100U, 1'000U, 10'000U}) {
    scene made(usual_texts, rules, 100);
    made.remember_texts();
    for (const auto how : {rule_compiling::quick, rule_compiling::whole}) {
      std::vector<double> seconds;
      const auto edits = how == rule_compiling::quick ? given.scaled(200) : given.scaled(10);
      for (std::size_t i = 0; i < edits; ++i)
        seconds.push_back(made.edit(how));
      rows.push_back(
          {fmt::format("{} rules, {}", rules, how == rule_compiling::quick ? "quick" : "to one set"),
           percentiles(std::move(seconds))});
    }
  }
  found.add(title, {"p50_ms", "p99_ms", "most_ms"}, rows);
}

void measure_load(report& found, const arguments& given) {
  const std::string title = "Load of all rules, ms";
  if (!given.wants(title))
    return;
  std::vector<report::row> rows;
  for (const std::size_t rules : {1'000U, 10'000U}) {
    std::vector<std::string> texts;
    for (const auto& each : make_corpus(1, rules, 1).rules)
      texts.push_back(write_rule(each));
    std::vector<double> read;
    std::vector<double> compiled;
    for (std::size_t round = 0; round < given.rounds; ++round) {
      findings mistakes;
      std::vector<rule> all;
      auto begin = steady_clock::now();
      for (const auto& text : texts)
        all.push_back(read_rule(text, mistakes).value());
      read.push_back(1e3 * seconds_since(begin));
      const auto view = view_of(all);
      begin = steady_clock::now();
      require(compiled_rules::compile(view, {})->fallbacks() == 0, "the rules do not compile together");
      compiled.push_back(1e3 * seconds_since(begin));
    }
    const auto reading = spread_of(read);
    const auto compiling = spread_of(compiled);
    rows.push_back({fmt::format("{} rules", rules),
                    {reading.median, compiling.median, reading.median + compiling.median,
                     reading.least + compiling.least, reading.most + compiling.most}});
  }
  found.add(title, {"read_ms", "compile_ms", "median_ms", "least_ms", "most_ms"}, rows);
}

void answer(report& found, const arguments& given) {
  for (const std::size_t rules : {10U, 100U, 1'000U, 10'000U})
    compare(found, given, rules, 100);
  for (const std::size_t one_in : {10U, 2U})
    compare(found, given, 1'000, one_in);
  for (const std::size_t rules : {1'000U, 10'000U})
    compare_after_swap(found, given, rules);
  measure_edits(found, given);
  measure_load(found, given);
  measure_saves(found, given);
  measure_states(found, given);
  measure_openings(found, given);
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "rules", answer);
}
