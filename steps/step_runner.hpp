#pragma once

#include "model/base/log.hpp"
#include "model/message/json.hpp"
#include "model/run/attempt_token.hpp"
#include "model/run/step_catalog.hpp"
#include "model/run/step_progress.hpp"
#include "steps/step_signal.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

/// What one attempt is given. Lives until `run` returns.
struct step_context {
  /// Names the attempt: run, step and number.
  attempt_token token;
  /// References are replaced; checked by the kind.
  json params;
  /// Tells it to end, to stand still, to go on.
  step_signal& signal;
  /// A file that the guards of this database's attempts lock (`exec`), so that the next attempt at a step
  /// begins only when nothing of the one before is left; empty: there is none.
  std::filesystem::path attempt_locks = {};
  /// Adds a line to the run's events (STEP_LOG); never blocks, may drop lines above a rate and says how many.
  std::function<void(std::string_view line)> log = {};
  /// Tells how far it is (STEP_PROGRESS): a share from 0 to 1, and a short text.
  std::function<void(double share, std::string_view text)> progress = {};
  /// For a runner that can be held: it stands still now, as it was told by that `on_hold`. That it goes on
  /// when it is resumed need not be said.
  std::function<void(std::uint64_t hold)> stands_still = {};
};

/// Carries out attempts at steps of one kind. One object per attempt.
class step_runner {
public:
  virtual ~step_runner() = default;
  /// Returns what the attempt came to: `succeeded`, `failed`, `cancelled` when it was interrupted, or `lost`
  /// when it broke off because the deadline of `on_extend` had passed. May
  /// block, but for kinds that are `immediate`; ends soon after it is interrupted. An exception is a failure:
  /// of `error` with its code, of others `step_crashed`.
  virtual attempt_outcome run(step_context& context) = 0;
};

/// How a kind of step spends its time.
enum class step_pace : std::uint8_t {
  immediate, ///< microseconds: run inside the actor of its run
  timed,     ///< waits for `delay`, without a thread, and is immediate then
  blocking,  ///< has a thread of its own
};

/// A kind of step and how it is carried out.
struct step_type {
  /// Its name, and how its params are checked.
  step_kind kind;
  /// How it spends its time.
  step_pace pace = step_pace::blocking;
  /// For `timed`: how long it waits. The params were checked.
  std::function<std::chrono::milliseconds(const json& params)> delay = {};
  /// Makes a runner for one attempt. Any thread.
  std::function<std::unique_ptr<step_runner>()> make = {};
};

/// The kinds of step of one runtime. Filled before use, then only read, from any thread.
class step_registry {
public:
  /// Throws as `step_catalog::add`.
  void add(step_type type);
  /// Returns the type called `kind`, or nullptr. Valid while the registry is.
  const step_type* find(std::string_view kind) const noexcept;
  /// What submissions are checked with.
  const step_catalog& catalog() const noexcept { return catalog_; }

private:
  step_catalog catalog_;
  std::map<std::string, step_type, std::less<>> types_;
};

} // namespace sluice
