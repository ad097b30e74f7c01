#pragma once

#include "actors/rules/rule_expiries.hpp"
#include "actors/rules/rule_listener.hpp"
#include "actors/rules/rule_listeners.hpp"
#include "actors/rules/rule_meters.hpp"
#include "actors/rules/rule_shelf.hpp"
#include "actors/store/failure_log.hpp"
#include "model/base/log.hpp"
#include "model/base/utc_time.hpp"
#include "model/rules/rules_in_force.hpp"
#include "persistence/rules/rule_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What rules of one place are kept with.
struct rule_keeping_settings {
  /// Opens the store; called on the keeper's thread, at the load.
  std::function<std::unique_ptr<rule_store>()> open;
  /// What expiries are compared with.
  std::function<utc_time()> clock;
  log_sink log = {};
  /// How log lines call the place.
  std::string place = "rules";
  std::shared_ptr<rules_in_force> in_force = std::make_shared<rules_in_force>();
  std::shared_ptr<rule_shelf> shelf = std::make_shared<rule_shelf>();
  std::shared_ptr<rule_meters> meters = std::make_shared<rule_meters>();
  /// Only read, for somebody who copies them to another place: neither compiled nor put in force, and their
  /// changes are counted there.
  bool is_source = false;
};

/// The rules of one place, kept up to date: loaded once, then change by change; compiled and put in force
/// after each group of changes; told to listeners one by one; enabled again when their state expires.
/// Whatever fails, the rules in force stay in force and it is tried again. One thread: it waits for its store
/// and compiles.
class rule_keeping {
public:
  explicit rule_keeping(rule_keeping_settings settings);

  /// Opens the store, loads, takes back what expired meanwhile, and puts the rules in force. Throws what the
  /// store throws; may be called again then.
  void load();
  bool is_loaded() const noexcept { return store_ != nullptr; }

  /// Takes in what has happened, and takes back what has expired. Does not throw: what fails is logged once
  /// for each cause and tried at the next look.
  void look();
  /// Something failed, or a state is past its end and still not taken back: the next look should not follow
  /// at once.
  bool is_lagging() const;
  /// Edits were put in force at once, which costs each message a little; a look after a while of rest mends
  /// that.
  bool is_whole() const { return settings_.in_force->get()->is_whole(); }
  /// When the next state expires; nothing while none does.
  std::optional<utc_time> next_expiry() const noexcept { return expiries_.next(); }
  /// Readable when there is reason to look; -1: by the clock.
  int descriptor() const noexcept { return store_ ? store_->descriptor() : -1; }
  utc_time now() const { return settings_.clock(); }

  /// Makes a state durable, then takes it in like everybody else's changes. Does not throw.
  rule_state_answer set_state(const std::string& rule, rule_state state);
  /// Throws what the store throws.
  rule_state state(const std::string& rule);
  /// `gate` hears what comes after the returned view.
  rule_view follow(std::shared_ptr<rule_listener_gate> gate);
  /// What is wrong now: looks first.
  std::vector<rule_finding> findings();

private:
  /// Takes in what the store has to say. Throws what it throws; nothing has changed then. Returns what
  /// listeners that threw at a state of `asked_for` have said.
  std::vector<std::string> take_in(const std::string* asked_for = nullptr);
  std::vector<std::string> tell(const std::vector<rule_change>& changes, const std::string* asked_for);
  void count(const rule_change& change) noexcept;
  void expire();
  bool has_rested() const;
  void put_in_force();
  void compile(rule_compiling how, utc_time as_of);
  void note(const std::vector<rule_finding>& found);
  void log_loaded() const;
  void log(log_level level, std::string_view event, const std::string& text) const;

  rule_keeping_settings settings_;
  std::unique_ptr<rule_store> store_;
  rule_listeners listeners_;
  rule_expiries expiries_;
  failure_log look_trouble_;
  failure_log expiry_trouble_;
  failure_log compile_trouble_;
  failure_log listener_trouble_;
  /// The moment that the states in force are as of.
  utc_time in_force_at_ = {};
  /// When the rules in force were compiled.
  utc_time defined_at_ = {};
  bool failing_ = false;
  /// Why the last look could not take in what has happened.
  std::optional<error> unavailable_;
  /// What is not in force yet has to be compiled like this.
  std::optional<rule_compiling> waiting_;
};

} // namespace sluice
