#pragma once

#include "model/base/log.hpp"
#include "model/base/utc_time.hpp"
#include "model/rules/rules_in_force.hpp"
#include "runtime/embed/rule_book.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace caf {
class actor_system;
}

namespace sluice {

class run_runtime;
struct rule_counts;

/// What keepers of rules are made with.
struct rule_keepers_settings {
  /// Gets log lines; none: nobody does.
  log_sink log = {};
  /// What expiries are compared with; none: the host's.
  std::function<utc_time()> clock = {};
};

/// Owns the keepers of rules: one for each directory or database that somebody uses, begun by the first who
/// asks and ended when nobody holds its rules any more. Making one costs nothing; threads begin with the
/// first place. Any thread. Destroying it ends every keeper and waits, with a bound; the rules that nodes
/// hold then stay as they are.
///
///     rule_keepers keepers({log});
///     const auto book = keepers.open(rule_place::directory("/etc/sluice/rules"));
///     for (const auto& each : book.list()) ...
///     const auto answer = book.set_state("ssh-brute", {rule_mode::disabled, 1, "noisy", "ann", now, later});
///     if (answer.failure) ...
class rule_keepers final : public rule_places {
public:
  /// In an actor system of its own, made when it is needed.
  explicit rule_keepers(rule_keepers_settings settings = {});
  /// In a host's system, which must outlive this object.
  rule_keepers(caf::actor_system& host, rule_keepers_settings settings);
  ~rule_keepers() override;
  rule_keepers(const rule_keepers&) = delete;
  rule_keepers& operator=(const rule_keepers&) = delete;

  /// Log lines go to `log` from here on, to nowhere without one. For programs whose log begins later than
  /// they read what they run.
  void log_to(log_sink log);

  /// Returns the rules of a place, loaded; waits for that. Throws `error`: `rules_unavailable` (no such
  /// directory, no such database file), `no_database` (an empty path while there is no `use_database`), or
  /// what opening a store throws.
  rule_book open(const rule_place& place);
  /// The same for somebody who only copies them to another place: by a keeper of their own, which neither
  /// compiles them nor puts them in force, so that the book shows no hits and `counts` has what is wrong with
  /// them, but not them and their changes.
  rule_book open_source(const rule_place& place);

  /// The rules of a folder, as nodes of type `rules` ask for them; waits as `open` does.
  std::shared_ptr<rules_in_force> directory(const std::string& path) override;
  /// The rules of a database, likewise.
  std::shared_ptr<rules_in_force> database(const std::string& path) override;

  /// Ends with the object: keepers of that database end, and wait with a bound.
  class database_use {
  public:
    virtual ~database_use() = default;
  };
  /// While the returned object lives, the database without a name, and the file that it has, is the one of
  /// `runs`: rules go through its store. `runs` and this object must outlive the returned one.
  [[nodiscard]] std::unique_ptr<database_use> use_database(run_runtime& runs);

  /// Books of the places in use now, ordered by place: keeps them in use while they are held.
  std::vector<rule_book> books() const;
  /// What all keepers have counted since this object began, and the rules in force now; each once, also when
  /// one place is the source of another.
  rule_counts counts() const;

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice
