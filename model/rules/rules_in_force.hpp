#pragma once

#include "model/rules/compiled_rules.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where a keeper puts the rules that are in force and nodes fetch them: between two messages, a look at one
/// number. Also keeps a few texts that went by, to warm the next rules with. Any thread.
class rules_in_force {
public:
  /// Changes with each `publish`.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }
  /// Never null; without rules before the first `publish`.
  std::shared_ptr<const compiled_rules> get() const;
  void publish(std::shared_ptr<const compiled_rules> rules);

  /// Remembers a text of a field; the oldest of 1,024 for that field goes.
  void remember(std::string_view field, std::string_view text);
  std::vector<std::string> remembered(std::string_view field) const;

private:
  struct ring {
    std::string field;
    std::vector<std::string> texts;
    std::size_t next = 0;
  };
  mutable std::mutex mutex_;
  std::shared_ptr<const compiled_rules> rules_ = compiled_rules::compile({}, {});
  std::vector<ring> rings_;
  std::atomic<std::uint64_t> version_{0};
};

/// Where a `rules` node gets its rules: made by whoever runs keepers.
class rule_places {
public:
  virtual ~rule_places() = default;
  /// Returns the rules of a directory, kept up to date as long as somebody holds the pointer. Loads before it
  /// returns. Throws `error` when there is no such directory. May wait; not inside an actor of few threads.
  virtual std::shared_ptr<rules_in_force> directory(const std::string& path) = 0;
  /// The same for a database; empty: the one of the process that runs the flow, `error("no_database")` if it
  /// has none.
  virtual std::shared_ptr<rules_in_force> database(const std::string& path) = 0;
};

} // namespace sluice
