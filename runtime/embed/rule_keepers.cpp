#include "runtime/embed/rule_keepers.hpp"

#include "actors/messaging/logger_mark.hpp"
#include "actors/rules/parallel_rules.hpp"
#include "actors/rules/rule_keeper.hpp"
#include "actors/rules/store_transactions.hpp"
#include "actors/store/store_actors.hpp"
#include "metrics/rule_exposition.hpp"
#include "model/base/defaults.hpp"
#include "model/base/error.hpp"
#include "persistence/owners/host_clock.hpp"
#include "persistence/rules/database_rules.hpp"
#include "persistence/rules/directory_rules.hpp"
#include "runtime/embed/kept_rules.hpp"
#include "runtime/embed/own_system.hpp"
#include "runtime/embed/run_access.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "runtime/embed/shared_store.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

namespace sluice {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds last_patience{10};

std::filesystem::path resolved(const std::filesystem::path& path) {
  std::error_code failed;
  auto found = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : found;
}

std::filesystem::path named(const std::filesystem::path& path) {
  auto whole = std::filesystem::absolute(path).lexically_normal();
  // A slash at the end says nothing.
  return whole.has_filename() ? whole : whole.parent_path();
}

void require_file(const std::filesystem::path& database) {
  std::error_code failed;
  if (!std::filesystem::exists(database, failed))
    throw error("rules_unavailable",
                fmt::format("there is no database '{}'; `sluice db migrate` makes one", database.string()));
}

using keeper_lines = std::vector<std::shared_ptr<keeper_line>>;

/// Stops all, then waits; returns whether all have ended in time.
bool end_keepers(const keeper_lines& lines, std::chrono::nanoseconds patience) {
  for (const auto& each : lines)
    each->stop();
  const auto deadline = steady_clock::now() + patience;
  return std::all_of(lines.begin(), lines.end(), [&](const auto& each) {
    return each->wait_until_ended(
        std::max<std::chrono::nanoseconds>(deadline - steady_clock::now(), std::chrono::nanoseconds{0}));
  });
}

} // namespace

class rule_keepers::implementation {
public:
  using kept = rule_book::kept;

  implementation(rule_keepers_settings settings, caf::actor_system* host)
      : clock_(settings.clock ? std::move(settings.clock) : utc_now),
        log_(std::make_shared<log_gate>(std::move(settings.log))),
        system_(host) {}

  ~implementation() {
    if (!end_keepers(lines_, last_patience)) {
      log_gate::write_aside(log_, log_level::error, "rules_stuck",
                            "a keeper of rules did not end; its thread is left behind");
      if (own_system_)
        own_system_->leave_behind();
    }
    log_->shut();
  }

  void log_to(log_sink log) { log_->lead_to(std::move(log)); }

  enum class use { in_force, source };

  std::shared_ptr<kept> open(const rule_place& place, use wanted) {
    const auto found = find_or_begin(place, wanted);
    found->wait_until_loaded();
    return found;
  }

  void begin_database(const shared_store& store) {
    const std::lock_guard lock(mutex_);
    if (process_)
      throw error("database_in_use",
                  "these keepers have the database of another runtime: end that use first");
    process_ = store;
  }

  void end_database() {
    keeper_lines ending;
    {
      const std::lock_guard lock(mutex_);
      process_.reset();
      ending.swap(process_lines_);
    }
    if (!end_keepers(ending, last_patience))
      log_gate::write_aside(log_, log_level::error, "rules_stuck",
                            "a keeper of the database's rules did not end in time");
  }

  std::vector<std::shared_ptr<kept>> in_use() const {
    std::vector<std::shared_ptr<kept>> result;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, place] : places_)
      if (auto held = place.lock(); held && held->is_loaded() && !held->shared().line->is_stopped())
        result.push_back(std::move(held));
    return result;
  }

  const rule_meters& meters() const noexcept { return *meters_; }

private:
  std::shared_ptr<kept> find_or_begin(const rule_place& asked, use wanted) {
    const std::lock_guard lock(mutex_);
    const bool of_process = is_of_process(asked);
    // Opened by its name, which may be a link that leads elsewhere tomorrow.
    rule_place place{asked.what, of_process ? process_->database : named(asked.path)};
    const auto key =
        (wanted == use::source ? "source " : "") + to_string(rule_place{place.what, resolved(place.path)});
    const auto found = places_.find(key);
    if (found != places_.end())
      if (auto held = found->second.lock(); held && !held->shared().line->is_stopped())
        return held;
    forget_ended();
    auto begun = begin(std::move(place), wanted, of_process);
    places_[key] = begun;
    return begun;
  }

  bool is_of_process(const rule_place& place) const {
    if (place.what != rule_place::kind::database)
      return false;
    if (process_)
      return place.path.empty() ||
             (!process_->database.empty() && resolved(place.path) == resolved(process_->database));
    if (place.path.empty())
      throw error("no_database", "rules of the database without a name: this process has none; name a file, "
                                 "or a directory of rules");
    return false;
  }

  void forget_ended() {
    const auto ended = [](const auto& line) { return line->wait_until_ended(std::chrono::nanoseconds{0}); };
    for (auto* lines : {&lines_, &process_lines_})
      lines->erase(std::remove_if(lines->begin(), lines->end(), ended), lines->end());
    for (auto each = places_.begin(); each != places_.end();)
      each = each->second.expired() ? places_.erase(each) : std::next(each);
  }

  std::shared_ptr<kept> begin(rule_place place, use wanted, bool of_process) {
    rule_keeper_settings settings;
    settings.clock = clock_;
    settings.log = log_gate::through(log_);
    settings.place = to_string(place);
    settings.meters = meters_;
    settings.is_source = wanted == use::source;
    if (place.what == rule_place::kind::directory)
      use_directory(settings, place.path);
    else if (of_process)
      use_store(settings, process_->access, process_->watcher);
    else
      use_file(settings, place.path);
    kept::parts parts{std::move(place), clock_,  settings.in_force,
                      settings.shelf,   nullptr, settings.is_source};
    const logger_mark unmarked;
    parts.line = std::make_shared<keeper_line>(spawn_rule_keeper(system(), std::move(settings)));
    lines_.push_back(parts.line);
    if (of_process)
      process_lines_.push_back(parts.line);
    return std::make_shared<kept>(std::move(parts));
  }

  static void use_directory(rule_keeper_settings& settings, const std::filesystem::path& path) {
    settings.open = [path, clock = settings.clock, log = settings.log] {
      return open_rule_directory(path, clock, log, read_rules_in_parallel(rule_reading_threads()));
    };
  }

  static void use_store(rule_keeper_settings& settings, const store_access& access,
                        const caf::actor& watcher) {
    settings.open = [access] {
      return open_database_rules(transactions_of(access), read_rules_in_parallel(rule_reading_threads()));
    };
    settings.watcher = watcher;
  }

  void use_file(rule_keeper_settings& settings, const std::filesystem::path& path) {
    require_file(path);
    store_actors_settings wanted;
    wanted.database = path;
    wanted.clock = clock_;
    wanted.log = settings.log;
    const auto stores = std::make_shared<store_actors>(open_store_actors(system(), wanted));
    use_store(settings, stores->access(), stores->watcher());
    settings.holding = stores;
  }

  caf::actor_system& system() {
    if (system_ == nullptr) {
      own_system_.emplace(1, true, defaults::scheduler_throughput);
      system_ = &own_system_->get();
    }
    return *system_;
  }

  std::function<utc_time()> clock_;
  std::shared_ptr<log_gate> log_;
  std::shared_ptr<rule_meters> meters_ = std::make_shared<rule_meters>();
  mutable std::mutex mutex_;
  std::optional<own_system> own_system_;
  caf::actor_system* system_;
  std::optional<shared_store> process_;
  std::map<std::string, std::weak_ptr<kept>> places_;
  /// Every keeper that may not have ended yet; those on `process_`.
  keeper_lines lines_;
  keeper_lines process_lines_;
};

rule_keepers::rule_keepers(rule_keepers_settings settings)
    : implementation_(std::make_unique<implementation>(std::move(settings), nullptr)) {}
rule_keepers::rule_keepers(caf::actor_system& host, rule_keepers_settings settings)
    : implementation_(std::make_unique<implementation>(std::move(settings), &host)) {}
rule_keepers::~rule_keepers() = default;

void rule_keepers::log_to(log_sink log) {
  implementation_->log_to(std::move(log));
}

rule_book rule_keepers::open(const rule_place& place) {
  return rule_book(implementation_->open(place, implementation::use::in_force));
}

rule_book rule_keepers::open_source(const rule_place& place) {
  return rule_book(implementation_->open(place, implementation::use::source));
}

std::shared_ptr<rules_in_force> rule_keepers::directory(const std::string& path) {
  return open(rule_place::directory(path)).in_force();
}

std::shared_ptr<rules_in_force> rule_keepers::database(const std::string& path) {
  return open(rule_place::database(path)).in_force();
}

std::unique_ptr<rule_keepers::database_use> rule_keepers::use_database(run_runtime& runs) {
  class use final : public database_use {
  public:
    use(implementation& in, const shared_store& store) : in_(&in) { in_->begin_database(store); }
    ~use() override { in_->end_database(); }

  private:
    implementation* in_;
  };
  return std::make_unique<use>(*implementation_, detail::run_access::share_store(runs));
}

std::vector<rule_book> rule_keepers::books() const {
  std::vector<rule_book> result;
  for (auto& each : implementation_->in_use())
    result.push_back(rule_book(std::move(each)));
  return result;
}

rule_counts rule_keepers::counts() const {
  using kind = rule_change::kind;
  const auto& meters = implementation_->meters();
  rule_counts result;
  result.defined = meters.count(kind::defined);
  result.removed = meters.count(kind::removed);
  result.states = meters.count(kind::state);
  result.expired = meters.count(kind::expired);
  result.findings = meters.findings.load(std::memory_order_relaxed);
  result.compilations = meters.compilations.load(std::memory_order_relaxed);
  result.compile_nanoseconds = meters.compile_nanoseconds.load(std::memory_order_relaxed);
  for (const auto& kept : implementation_->in_use()) {
    if (kept->shared().is_source)
      continue;
    ++result.places;
    for (const auto& each : rule_book(kept).list()) {
      ++(each.state.mode == rule_mode::enabled    ? result.enabled
         : each.state.mode == rule_mode::disabled ? result.disabled
                                                  : result.clipped);
      result.hits.emplace_back(each.definition->id, each.hits);
    }
  }
  return result;
}

} // namespace sluice
