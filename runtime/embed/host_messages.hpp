#pragma once

#include "model/flow/flow_snapshot.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

#include <cstdint>
#include <string>

/// What Sluice's actors say to actors of the host. All are local and need no type id of CAF's: Sluice takes
/// none, so that a host's own blocks may begin at `caf::first_custom_type_id`.
namespace sluice {

/// The answer of `inlet_actor` to a payload, or a vector of them: the inlet has all of it, and this many
/// messages more may be sent before the next answer. 0 when the inlet has ended since.
struct door_credit {
  /// How many more may be sent.
  std::uint64_t messages = 0;
};

/// Why `inlet_actor` did not take everything of a message, as the `caf::error` that answers it.
enum class door_refusal : std::uint8_t {
  full = 1, ///< the sender sent more than it had credit for; nothing was taken
  ended,    ///< the inlet is closed, or its flow is over; of a vector, some may have been taken before
};
/// Returns it as CAF carries it; compares equal to `why`.
caf::error make_error(door_refusal why);

/// What `tell_when_ended` sends.
struct flow_over {
  /// The flow's name.
  std::string flow;
  /// As `flow::wait` returns it.
  flow_summary summary;
};

/// With which error `flow_watcher` exits when a flow did not finish; its context is the reason as a string.
enum class flow_failure : std::uint8_t { failed = 1, aborted };
/// Returns it as CAF carries it; compares equal to `how`.
caf::error make_error(flow_failure how);

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::door_credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::flow_over)
