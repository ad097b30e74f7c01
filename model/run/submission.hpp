#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/config/finding.hpp"
#include "model/message/json.hpp"
#include "model/run/step_graph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What somebody who wants a run gives. The store makes the id.
struct run_submission {
  /// The environment, e.g. `production`: a name. Runs of different ones share no lane and no key.
  std::string env = "default";
  /// The queue it waits in, within `env`: a name.
  std::string lane = "default";
  /// Free for the job's use, and to filter by.
  std::string mode = {};
  /// Free for the job's use, and to filter by.
  std::string job_type = {};
  /// Who wants it; for people.
  std::string requested_by = {};
  /// What it does.
  step_graph graph;
  /// Free for the job's use; an object or null.
  json params = {};
  /// The run that it is part of, for people; none: nobody's.
  std::optional<uuid> parent_run_id = {};
  /// Set for a retry only.
  std::optional<uuid> retry_of = {};
  /// Higher ones of a lane go first.
  std::int32_t priority = 0;
  /// Not to begin before; none: at once.
  std::optional<utc_time> available_at = {};
  /// Unique within `env`; none: every submission is a new run.
  std::optional<std::string> idempotency_key = {};
};

/// Appends BAD_NAME and BAD_VALUE findings for what is wrong with the fields besides the graph: env and lane
/// are names, a key is not empty, not longer than `defaults::idempotency_key_length` and UTF-8.
void check_submission(const run_submission& submission, findings& out);

/// Returns `document` on one line with the members of every object in byte order: equal for documents that
/// differ in order and space only. Numbers stay as they are: 1 and 1.0 differ.
std::string canonical_json(const json& document);

/// Returns a digest of everything in the submission but its key: defaults filled in, the graph in its
/// persisted form, canonical, SHA-256 in hexadecimal. Two submissions that ask for the same have the same.
std::string submission_digest(const run_submission& submission);

/// What comes of a submission whose env and key may be known already.
enum class idempotency_verdict : std::uint8_t {
  create,   ///< no run has this key, or there is no key
  existing, ///< the run with this key was asked for in the same words: it is the answer
  conflict, ///< the run with this key is another one
};

/// Compares digests. `known`: that of the run with this env and key, if there is one.
idempotency_verdict judge_key(const std::optional<std::string>& known, std::string_view digest) noexcept;

/// Throws `error("idempotency_conflict")` that names the key and the run that has it.
[[noreturn]] void throw_conflict(std::string_view key, const uuid& holder);

} // namespace sluice
