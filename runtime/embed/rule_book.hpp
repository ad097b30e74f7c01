#pragma once

#include "actors/rules/rule_listener.hpp"
#include "model/rules/rules_in_force.hpp"
#include "persistence/rules/rule_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Where rules are.
struct rule_place {
  /// A folder of files, or tables of a database.
  enum class kind { directory, database };
  /// Which of them.
  kind what = kind::directory;
  /// A directory, or a database file; empty: the database of this process (`rule_keepers::use_database`).
  std::filesystem::path path = {};

  /// The files in that folder.
  static rule_place directory(std::filesystem::path path) { return {kind::directory, std::move(path)}; }
  /// The tables of that file; empty: see `path`.
  static rule_place database(std::filesystem::path path = {}) { return {kind::database, std::move(path)}; }
};

/// `directory /etc/sluice/rules`, `database runs.db`, `database`.
std::string to_string(const rule_place& place);

/// A rule as people are shown it.
struct shown_rule {
  /// As it was written.
  std::shared_ptr<const rule> definition;
  /// In force now: the default when what was said has expired.
  rule_state state;
  /// How often it has matched in flows of this process since its keeper began, in all its versions.
  std::uint64_t hits = 0;
};

/// Ends a subscription when it goes: no call is under way on another thread then, and none follows. Any
/// thread may destroy it, the listener itself, too; before or after the book and its keepers.
class rule_subscription {
public:
  virtual ~rule_subscription() = default;
};

/// The rules as they were when a subscription began; the listener hears every change after that.
struct rule_following {
  /// The rules as they were when it began.
  rule_view from;
  /// The listener hears changes while this lives.
  std::unique_ptr<rule_subscription> subscription;
};

/// The rules of one place, kept by a keeper in this process. A handle: copies mean the same keeper, which
/// lives as long as somebody holds one, or the `rules_in_force`, and not longer than its `rule_keepers`;
/// afterwards what waits throws `error("rules_unavailable")`. Any thread, but what "waits" waits for the
/// keeper and its store: not inside an actor, nor in a listener.
class rule_book {
public:
  /// Where they are.
  const rule_place& place() const noexcept;

  /// The rules and their states as they were said. Does not wait.
  rule_view view() const;
  /// All rules by id, as they are in force. Does not wait.
  std::vector<shown_rule> list() const;
  /// One of them, or nothing. Does not wait.
  std::optional<shown_rule> find(const std::string& id) const;
  /// What is wrong with rules of this place now. Waits; when something was found since it was last asked, the
  /// place is read anew for that.
  std::vector<rule_finding> findings() const;
  /// Where nodes fetch them.
  std::shared_ptr<rules_in_force> in_force() const;

  /// What was said about `id`; the default for ids that nobody knows, and when it has expired. Waits.
  rule_state state(const std::string& id) const;
  /// Checks `state`, makes it durable, puts it in force and tells every listener. Waits. Does not throw for
  /// what `rule_state_answer` can say. `state.at` is set to the present if it is empty.
  rule_state_answer set_state(const std::string& id, const rule_state& state) const;
  /// The same without waiting. `done` is called once, on the keeper's thread, or at once when that has ended;
  /// must return soon and not throw.
  void set_state_async(const std::string& id, const rule_state& state,
                       std::function<void(rule_state_answer)> done) const;

  /// From the returned view on, `listener` hears every change, by whatever process: nothing in between is
  /// lost. Waits.
  rule_following subscribe(rule_listener listener) const;
  /// Looks at once for changes instead of when the place says so, and returns when they are in force. Waits.
  void refresh() const;

private:
  friend class rule_keepers;
  class kept;
  explicit rule_book(std::shared_ptr<kept> place) : kept_(std::move(place)) {}
  std::shared_ptr<kept> kept_;
};

} // namespace sluice
