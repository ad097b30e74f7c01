#include "actors/rules/rule_keeping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace sluice {

namespace {

/// Rules that have not changed for so long are compiled into one whole: it takes time in which the next edit
/// would wait.
constexpr std::chrono::seconds rest_before_whole{1};

error as_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& known) {
    return known;
  } catch (const std::exception& other) {
    return internal_error(other.what());
  } catch (...) {
    return internal_error("something that is no standard exception");
  }
}

rule_state_answer unpublished(const std::string& rule, const std::string& why) {
  return {true, false,
          error("publish_failed",
                fmt::format("the state of rule '{}' is persisted, but not everybody could be told: {}", rule,
                            why))};
}

} // namespace

rule_keeping::rule_keeping(rule_keeping_settings settings)
    : settings_(std::move(settings)),
      look_trouble_(settings_.log, "rule_look"),
      expiry_trouble_(settings_.log, "rule_expiry"),
      compile_trouble_(settings_.log, "rule_compile"),
      listener_trouble_(settings_.log, "rule_listener") {}

void rule_keeping::load() {
  auto store = settings_.open();
  auto loaded = store->load();
  expiries_ = rule_expiries(loaded.rules);
  settings_.shelf->put(std::move(loaded.rules));
  store_ = std::move(store);
  note(loaded.findings);
  // The same again.
  (void)store_->take_findings();
  waiting_ = rule_compiling::whole;
  // What came to its end while nobody was there; it takes the rules in force along.
  look();
  log_loaded();
}

void rule_keeping::log_loaded() const {
  if (!settings_.is_source) {
    log(log_level::info, "rules_loaded",
        fmt::format("rules of {} in force: {}", settings_.place, settings_.in_force->get()->rules().size()));
    return;
  }
  const auto& all = settings_.shelf->own_view();
  const auto count = std::count_if(all.begin(), all.end(),
                                   [](const auto& each) { return each.second.definition != nullptr; });
  log(log_level::info, "rules_read", fmt::format("rules of {}: {}", settings_.place, count));
}

void rule_keeping::look() {
  failing_ = false;
  expire();
  try {
    (void)take_in();
    look_trouble_.succeeded();
    unavailable_.reset();
  } catch (...) {
    failing_ = true;
    unavailable_ = as_error(std::current_exception());
    look_trouble_.failed(std::current_exception());
  }
  if (!waiting_ && !is_whole() && has_rested()) {
    waiting_ = rule_compiling::whole;
    put_in_force();
  }
}

bool rule_keeping::has_rested() const {
  const auto since = now() - defined_at_;
  // Clocks step back.
  return since >= rest_before_whole || since < since.zero();
}

bool rule_keeping::is_lagging() const {
  const auto next = expiries_.next();
  return failing_ || waiting_ || (next && *next <= now());
}

void rule_keeping::expire() {
  const auto next = expiries_.next();
  if (!next || *next > now())
    return;
  try {
    store_->expire(now());
    expiry_trouble_.succeeded();
  } catch (...) {
    failing_ = true;
    expiry_trouble_.failed(std::current_exception());
  }
}

std::vector<std::string> rule_keeping::take_in(const std::string* asked_for) {
  std::vector<rule_change> changes;
  std::exception_ptr failure;
  try {
    changes = store_->changes();
  } catch (...) {
    failure = std::current_exception();
  }
  bool definitions = false;
  for (const auto& each : changes) {
    settings_.shelf->apply(each);
    expiries_.apply(each);
    count(each);
    definitions =
        definitions || each.what == rule_change::kind::defined || each.what == rule_change::kind::removed;
  }
  // Also when the store failed: what has expired is enabled again although nobody could write it down.
  if (definitions && !waiting_)
    waiting_ = rule_compiling::quick;
  if (waiting_ || !changes.empty() || expiries_.any_between(in_force_at_, now()))
    put_in_force();
  if (failure)
    std::rethrow_exception(failure);
  auto failures = tell(changes, asked_for);
  note(store_->take_findings());
  return failures;
}

void rule_keeping::count(const rule_change& change) noexcept {
  if (settings_.is_source)
    return;
  settings_.meters->changes[static_cast<std::size_t>(change.what)].fetch_add(1, std::memory_order_relaxed);
}

std::vector<std::string> rule_keeping::tell(const std::vector<rule_change>& changes,
                                            const std::string* asked_for) {
  std::vector<std::string> asked;
  for (const auto& each : changes) {
    auto failures = listeners_.tell(each);
    settings_.meters->failed_listeners.fetch_add(failures.size(), std::memory_order_relaxed);
    for (const auto& text : failures)
      listener_trouble_.failed(std::make_exception_ptr(error(
          "listener_failed", fmt::format("a listener to the rules of {} threw: {}", settings_.place, text))));
    if (failures.empty())
      listener_trouble_.succeeded();
    if (asked_for != nullptr && each.what == rule_change::kind::state && each.rule == *asked_for)
      asked.insert(asked.end(), failures.begin(), failures.end());
  }
  return asked;
}

void rule_keeping::put_in_force() {
  const auto as_of = now();
  if (settings_.is_source) {
    // Nobody matches with them.
    waiting_.reset();
    in_force_at_ = as_of;
    return;
  }
  try {
    if (waiting_)
      compile(*waiting_, as_of);
    else
      settings_.in_force->publish(settings_.in_force->get()->with_states(settings_.shelf->own_view(), as_of));
    waiting_.reset();
    in_force_at_ = as_of;
    compile_trouble_.succeeded();
  } catch (...) {
    failing_ = true;
    // States, too, are then a matter of the next attempt.
    waiting_ = waiting_.value_or(rule_compiling::quick);
    compile_trouble_.failed(std::current_exception());
  }
}

/// Also warms the new rules, on this thread: a node that takes them over goes on at once.
void rule_keeping::compile(rule_compiling how, utc_time as_of) {
  using clock = std::chrono::steady_clock;
  const auto begun = clock::now();
  const auto before = settings_.in_force->get();
  const auto made = compiled_rules::compile(settings_.shelf->own_view(), as_of, before.get(), how);
  for (const auto& field : made->fields())
    made->warm(field, settings_.in_force->remembered(field));
  settings_.in_force->publish(made);
  defined_at_ = as_of;
  const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - begun);
  settings_.meters->compilations.fetch_add(1, std::memory_order_relaxed);
  settings_.meters->compile_nanoseconds.fetch_add(static_cast<std::uint64_t>(time.count()),
                                                  std::memory_order_relaxed);
}

rule_state_answer rule_keeping::set_state(const std::string& rule, rule_state state) {
  const auto at = now();
  if (state.at == utc_time{})
    state.at = at;
  try {
    require_state(state, at);
    store_->set_state(rule, state, at);
  } catch (...) {
    return {false, false, as_error(std::current_exception())};
  }
  try {
    const auto failures = take_in(&rule);
    if (waiting_)
      return unpublished(rule, "the rules could not be compiled; it is tried again");
    if (!failures.empty())
      return unpublished(rule, fmt::format("a listener threw: {}", failures.front()));
    return {true, true, {}};
  } catch (...) {
    failing_ = true;
    return unpublished(rule, fmt::format("{}; it is tried again", as_error(std::current_exception()).what()));
  }
}

rule_state rule_keeping::state(const std::string& rule) {
  return store_->state(rule, now());
}

rule_view rule_keeping::follow(std::shared_ptr<rule_listener_gate> gate) {
  listeners_.add(std::move(gate));
  return settings_.shelf->view();
}

std::vector<rule_finding> rule_keeping::findings() {
  look();
  auto found = store_->findings_now();
  if (unavailable_) {
    // What is in force stays; that the place cannot be read is what is wrong with it.
    finding away;
    away.code = finding_code::rules_unavailable;
    away.text = unavailable_->what();
    found.push_back({settings_.place, std::move(away)});
  }
  return found;
}

void rule_keeping::note(const std::vector<rule_finding>& found) {
  settings_.meters->findings.fetch_add(found.size(), std::memory_order_relaxed);
  for (const auto& each : found)
    log(log_level::warning, "rule_finding", to_string(each.what, each.place));
}

void rule_keeping::log(log_level level, std::string_view event, const std::string& text) const {
  if (settings_.log)
    settings_.log(level, event, text);
}

} // namespace sluice
