#pragma once

#include "model/base/utc_time.hpp"
#include "model/base/uuid.hpp"
#include "model/flow/flow_snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A flow in one line of a list.
struct flow_facts {
  uuid id;
  std::string name;
  flow_status status = flow_status::starting;
  /// Who started it.
  std::string by;
  utc_time started_at;
  std::optional<utc_time> ended_at = {};
};

/// Each returns one JSON object on one line, without a line feed; what there is none of is null. Times are
/// UTC ISO 8601, durations seconds, counts messages.

/// `flows`: a list of `id name status by started_at ended_at`.
std::string flows_json(const std::vector<flow_facts>& flows);
/// The members of a list's item, `nodes` and `edges` with their counters, and `summary`, null until the end.
std::string flow_view_json(const flow_facts& flow, const flow_snapshot& now, const flow_summary* summary);
/// The answer to an order: `id name status`.
std::string flow_status_json(const flow_facts& flow);
/// `id from to policy capacity band depth in out …`: as in a flow's `edges`.
std::string edge_json(const edge_snapshot& edge);

} // namespace sluice
