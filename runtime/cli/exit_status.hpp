#pragma once

#include "model/flow/flow_snapshot.hpp"

#include <optional>

/// How `sluice` ends; when several apply, the first of DESIGN 7: usage, configuration, aborted, failed,
/// deadline.
namespace sluice::exit_status {
inline constexpr int success = 0;
/// The flow failed, or the program itself did.
inline constexpr int failed = 1;
/// The command line is wrong.
inline constexpr int usage = 2;
/// The drain deadline cut something off.
inline constexpr int deadline = 3;
/// A configuration file is wrong or cannot be read (EX_CONFIG of sysexits.h).
inline constexpr int configuration = 78;
/// A server cannot be reached (EX_UNAVAILABLE).
inline constexpr int unreachable = 69;
/// A server wants another token, or a role that this one does not give (EX_NOPERM).
inline constexpr int not_authorised = 77;
/// A second signal aborted the flow: this plus the signal's number.
inline constexpr int signal_base = 128;

/// Returns the status for a flow that ended. `aborting_signal` is the second signal, if one came.
constexpr int of_flow(flow_status outcome, bool deadline_exceeded,
                      std::optional<int> aborting_signal) noexcept {
  if (outcome == flow_status::aborted && aborting_signal)
    return signal_base + *aborting_signal;
  if (outcome == flow_status::failed || (outcome == flow_status::aborted && !deadline_exceeded))
    return failed;
  return deadline_exceeded ? deadline : success;
}
} // namespace sluice::exit_status
