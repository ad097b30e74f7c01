#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_status.hpp"
#include "model/run/step_progress.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sluice {

/// One row of `runs`: what lists, selection and guards need. What is large stands in `run_body`.
struct run_row {
  uuid id = {};
  std::string env;
  std::string lane;
  std::string mode = {};
  std::string job_type = {};
  std::string requested_by = {};
  run_status status = run_status::queued;
  std::int32_t priority = 0;
  utc_time available_at = {};
  utc_time created_at = {};
  utc_time updated_at = {};
  /// When it was running for the first time, and when it last came to an end.
  std::optional<utc_time> started_at = {};
  std::optional<utc_time> finished_at = {};
  /// Empty: none.
  uuid parent_run_id = {};
  uuid retry_of = {};
  std::optional<std::string> idempotency_key = {};
  std::string body_digest = {};
  /// Why it failed or was blocked.
  std::string error_code = {};
  std::string error_text = {};
  /// Grows with every change of status, lease or steps: a guard against writers that have not seen the last
  /// one. Events that change nothing (a command on its way to the owner) leave it alone.
  std::uint64_t version = 1;
  /// The number of its last event.
  std::uint64_t last_seq = 0;
  /// Its lease names an owner, who may or may not be alive: kept here so that the queue's index need not look
  /// at leases. Only `put_lease` and its callers change it, in one transaction with the lease.
  bool owned = false;

  friend bool operator==(const run_row&, const run_row&) = default;
};

/// What was submitted, as JSON text in its canonical persisted form.
struct run_body {
  std::string run_graph;
  std::string params;

  friend bool operator==(const run_body&, const run_body&) = default;
};

/// One row of `run_steps`. A step has none before its first attempt.
struct step_row {
  std::string step;
  step_progress progress;
  std::optional<utc_time> started_at = {};
  std::optional<utc_time> finished_at = {};
};

/// What has become of a command.
enum class command_state : std::uint8_t { undelivered, delivered, replaced };

/// One row of `run_commands`.
struct command_row {
  /// From 1, in commit order.
  std::int64_t id = 0;
  uuid run = {};
  run_command command = run_command::pause;
  std::string by = {};
  std::string reason = {};
  utc_time at = {};
  command_state state = command_state::undelivered;
};

} // namespace sluice
