#pragma once

#include "model/run/run_status.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice {

/// What a person or program may tell a run. The store keeps each with who, when and why.
enum class run_command : std::uint8_t { pause, resume, cancel, intervene, fail };
inline constexpr std::size_t run_command_count = 5;

/// Returns the one spelling that is stored and shown, in lower case.
std::string_view to_string(run_command command) noexcept;
/// Returns the command of exactly that spelling, or nothing.
std::optional<run_command> parse_run_command(std::string_view text) noexcept;
/// Returns the command of that name. Throws `error("unknown_command")` that lists all and suggests the
/// nearest.
run_command require_run_command(std::string_view text);

/// What is known of a run when a command for it comes in; read in the transaction that acts on the answer.
struct command_situation {
  run_status status = run_status::queued;
  /// Somebody holds a live lease: they are to be told, and they act at the next boundary.
  bool owned = false;
  /// The command that was persisted and has not acted yet, if any.
  std::optional<run_command> undelivered;
};

/// What becomes of a command when it comes in.
enum class command_outcome : std::uint8_t {
  unchanged, ///< its effect is there or under way: succeeds with `changed: false`
  applied,   ///< nobody is on the run: the statuses of `path` are passed in this very transaction
  delivered, ///< kept as undelivered and sent to the owner, who acts at the next step or batch boundary
  withdrawn, ///< nothing is left to do but to drop the undelivered command that this one contradicts
};

/// The decision on a command. `path` has the statuses passed now, in order, each legal after the one before.
struct command_decision {
  command_outcome outcome = command_outcome::unchanged;
  std::vector<run_status> path = {};
  /// The undelivered command is marked replaced and never acts.
  bool replaces = false;

  /// What the sender is told as `changed`.
  bool changed() const noexcept { return outcome != command_outcome::unchanged; }
  friend bool operator==(const command_decision&, const command_decision&) = default;
};

/// Decides on a command that comes in. The last one wins: it replaces an undelivered one. `applied` on a run
/// whose attempts are unfinished (its owner died) marks these lost, and takes a new fencing token, in the
/// same transaction. Throws `error("invalid_transition")` that names command and status when the run can
/// never do it from there; the undelivered command then stays.
command_decision decide_command(run_command command, const command_situation& situation);

/// What is under way in a run when its owner looks at a command.
enum class step_activity : std::uint8_t {
  none, ///< the boundary: no step
  held, ///< a flow inside a step stands still between two batches
  busy, ///< a step
};

/// What the owner does with an undelivered command, or with a pause or cancel that is under way.
struct delivery {
  /// Statuses passed now, in order.
  std::vector<run_status> path = {};
  /// The command has acted, or came too late to: it is marked delivered. Otherwise it waits for the boundary.
  bool done = true;
  /// The step under way is to stop: after its grace period it is killed.
  bool interrupt = false;
  /// A flow under way is to stand still after its batch.
  bool hold = false;
  /// Give the lease back: the run waits for a person or is over, and nothing is under way.
  bool release = false;

  friend bool operator==(const delivery&, const delivery&) = default;
};

/// Decides what the owner does: when the command arrives, again when a flow has come to stand still, and at
/// each boundary (then also without a command). A pause inside a flow keeps the lease. A command that came
/// too late, because the run ended meanwhile, is done without effect.
delivery deliver_command(run_status status, std::optional<run_command> command, step_activity activity);

/// True when `POST …/retry` may make a new run (with `retry_of`) from one in this status: it is over.
inline bool may_be_retried(run_status status) noexcept {
  return is_terminal(status);
}

} // namespace sluice
