#pragma once

#include "model/base/log.hpp"
#include "persistence/rules/sync_rules.hpp"
#include "runtime/embed/rule_book.hpp"
#include "runtime/embed/run_runtime.hpp"
#include "runtime/wire/rule_facts.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace sluice {

/// Keeps the rules of a database those of a directory: copies them when it is made, and again after each
/// change of a definition, many changes at a time when they come fast. A rule that cannot be read is not one
/// that is gone: as long as the directory has errors, nothing is removed. What was held back, or has failed,
/// is tried again every five seconds. Rules of the database that are from elsewhere stay.
class directory_sync {
public:
  /// Waits for the first copy, and throws what it throws. `into` outlives it.
  directory_sync(rule_book from, run_runtime& into, log_sink log);
  /// Waits for a copy that is under way. Others that were asked for fail with `error("draining")`.
  ~directory_sync();
  directory_sync(const directory_sync&) = delete;
  directory_sync& operator=(const directory_sync&) = delete;

  /// Called once, with a failure or what the copy has come to; must return soon and not throw.
  using ending = std::function<void(const std::exception_ptr& failure, const rule_copy& made)>;
  /// Copies what the directory has now, in the name of `by`, and calls `done` on this object's thread. Does
  /// not wait. Any thread. Throws `error("too_busy")` when as many copies wait as may.
  void copy_now(std::string by, ending done) const;

private:
  class copier;
  std::shared_ptr<copier> copier_;
  std::unique_ptr<rule_subscription> subscription_;
};

/// Inside a transaction: what `sync_rules` does, but nothing is removed unless `complete`.
rule_sync copy_rules(store& in, const rule_view& from, bool complete, const std::string& source,
                     const std::string& by, utc_time now);

} // namespace sluice
