#include "bench/rules/kept_rules.hpp"

#include "model/base/error.hpp"
#include "model/rules/rule_reader.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/rules/sync_rules.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/embed/rule_keepers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "bench/rules/corpus.hpp"
#include "bench/support/work_folder.hpp"

namespace sluice::bench {

namespace {

using std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t texts_of_corpus = 1'000;
/// As many texts as a place remembers, to warm the next rules with.
constexpr std::size_t warming_texts = 1'024;
constexpr std::chrono::minutes patience{1};

double milliseconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
}

/// Processor time of this process, in milliseconds.
double worked_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

void write_beside(const fs::path& beside, const rule& definition) {
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << write_rule(definition);
  out.close();
  if (!out)
    throw error("write_failed", "cannot write " + beside.native());
}

/// A directory with a rule in each file.
class rule_directory {
public:
  explicit rule_directory(const std::vector<rule>& rules) {
    fs::create_directory(path_);
    for (const auto& each : rules)
      write_beside(file_of(each), each);
  }

  const fs::path& path() const noexcept { return path_; }

  /// As careful programs do; returns the moment before the rename.
  steady_clock::time_point save(const rule& definition) const {
    const auto beside = path_ / ".save.tmp";
    write_beside(beside, definition);
    const auto begin = steady_clock::now();
    fs::rename(beside, file_of(definition));
    return begin;
  }

private:
  fs::path file_of(const rule& definition) const { return path_ / (definition.id + ".yaml"); }

  work_folder folder_;
  fs::path path_ = folder_.path() / "rules";
};

/// Waits for the keeper of a directory.
class author {
public:
  explicit author(const fs::path& directory)
      : book_(keepers_.open(rule_place::directory(directory))),
        following_(book_.subscribe([this](const rule_change& change) {
          const std::lock_guard lock(mutex_);
          if (change.definition)
            heard_ = *change.definition;
          changed_.notify_all();
        })) {}

  const rule_book& book() const noexcept { return book_; }

  void wait_until_in_force(const rule& saved) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return heard_ == saved; }))
      throw error("wrong_result", "nobody has heard of an edit of " + saved.id);
    lock.unlock();
    const auto in_force = book_.in_force()->get();
    const auto& rules = in_force->rules();
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const auto& each) { return *each.definition == saved; });
    if (found == rules.end())
      throw error("wrong_result", "an edit was heard before it was in force: " + saved.id);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  rule heard_ = {};
  rule_keepers keepers_;
  rule_book book_;
  rule_following following_;
};

std::vector<double> seconds_of_saves(std::size_t rules, std::size_t saves) {
  auto given = make_corpus(texts_of_corpus, rules, 100);
  const rule_directory directory(given.rules);
  author ann(directory.path());
  for (std::size_t i = 0; i < warming_texts; ++i)
    ann.book().in_force()->remember("command", given.texts[i % given.texts.size()]);
  std::vector<double> seconds;
  for (std::size_t i = 0; i < saves; ++i) {
    auto& edited = given.rules[i % rules];
    edited.pattern = fmt::format("edited{}", i);
    const auto begin = directory.save(edited);
    ann.wait_until_in_force(edited);
    seconds.push_back(milliseconds_since(begin) / 1e3);
  }
  return seconds;
}

fs::path database_of(const work_folder& folder, const rule_view& rules) {
  sqlite_options options;
  options.path = folder.path() / "rules.db";
  sqlite_store store(options, utc_now());
  store_transaction transaction(store);
  sync_rules(store, rules, "bench", "bench", utc_now());
  transaction.commit();
  return options.path;
}

const char* kind_of(const rule_place& place) {
  return place.what == rule_place::kind::directory ? "directory" : "database";
}

std::vector<double> seconds_of_states(const rule_place& place, const std::vector<rule>& rules,
                                      std::size_t states) {
  rule_keepers keepers;
  const auto book = keepers.open(place);
  std::vector<double> seconds;
  for (std::size_t i = 0; i < states; ++i) {
    const auto& id = rules[i % rules.size()].id;
    const rule_state state{rule_mode::clipped, 0.5, fmt::format("for the {}th time", i), "bench"};
    const auto begin = steady_clock::now();
    const auto answer = book.set_state(id, state);
    seconds.push_back(milliseconds_since(begin) / 1e3);
    if (!answer.published || book.find(id)->state.mode != rule_mode::clipped)
      throw error("wrong_result", "a state is not in force: " + id);
  }
  return seconds;
}

report::row opening_of(const rule_place& place, std::size_t rules, std::size_t rounds) {
  std::vector<double> milliseconds;
  std::vector<double> worked;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto work_before = worked_milliseconds();
    const auto begin = steady_clock::now();
    rule_keepers keepers;
    const auto book = keepers.open(place);
    const auto in_force = book.in_force()->get();
    milliseconds.push_back(milliseconds_since(begin));
    worked.push_back(worked_milliseconds() - work_before);
    if (in_force->rules().size() != rules || in_force->fallbacks() != 0)
      throw error("wrong_result", "not all rules of " + to_string(place) + " are in force in one set");
  }
  const auto seen = spread_of(std::move(milliseconds));
  return {fmt::format("{} rules, {}", rules, kind_of(place)),
          {seen.median, seen.least, seen.most, spread_of(std::move(worked)).median}};
}

} // namespace

std::vector<double> percentiles(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  const auto at = [&](double share) {
    return 1e3 * seconds[static_cast<std::size_t>(share * static_cast<double>(seconds.size() - 1))];
  };
  return {at(0.5), at(0.99), at(1)};
}

void measure_saves(report& found, const arguments& given) {
  const std::string title = "A save until it is in force, ms";
  if (!given.wants(title))
    return;
  std::vector<report::row> rows;
  for (const std::size_t rules : {100U, 1'000U, 10'000U}) {
    const auto saves = given.scaled(500);
    auto values = percentiles(seconds_of_saves(rules, saves));
    values.push_back(static_cast<double>(saves));
    rows.push_back({fmt::format("{} rules", rules), std::move(values)});
  }
  found.add(title, {"p50_ms", "p99_ms", "most_ms", "saves"}, rows);
}

void measure_states(report& found, const arguments& given) {
  const std::string title = "A state until it is durable and in force, ms";
  if (!given.wants(title))
    return;
  std::vector<report::row> rows;
  for (const std::size_t count : {1'000U, 10'000U}) {
    const auto rules = make_corpus(1, count, 1).rules;
    const rule_directory directory(rules);
    const work_folder folder;
    const auto file = database_of(folder, view_of(rules));
    const auto states = given.scaled(500);
    for (const auto& place : {rule_place::directory(directory.path()), rule_place::database(file)}) {
      auto values = percentiles(seconds_of_states(place, rules, states));
      values.push_back(static_cast<double>(states));
      rows.push_back({fmt::format("{} rules, {}", count, kind_of(place)), std::move(values)});
    }
  }
  found.add(title, {"p50_ms", "p99_ms", "most_ms", "states"}, rows);
}

void measure_openings(report& found, const arguments& given) {
  const std::string title = "From opening a place until its rules are in force, ms";
  if (!given.wants(title))
    return;
  std::vector<report::row> rows;
  for (const std::size_t count : {1'000U, 10'000U}) {
    const auto rules = make_corpus(1, count, 1).rules;
    const rule_directory directory(rules);
    rows.push_back(opening_of(rule_place::directory(directory.path()), count, given.rounds));
    const work_folder folder;
    const auto file = database_of(folder, view_of(rules));
    rows.push_back(opening_of(rule_place::database(file), count, given.rounds));
  }
  found.add(title, {"median_ms", "least_ms", "most_ms", "processor_ms"}, rows);
}

} // namespace sluice::bench
