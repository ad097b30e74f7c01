#pragma once

#include "actors/rules/keeper_ticket.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <memory>

/// Every message to a keeper of rules, besides `store_moved` (actors/store/watch_messages.hpp). All are
/// local: they carry pointers and never cross a wire. "urgent" ones are sent with high priority.
namespace sluice {

/// Urgent. Anybody → keeper.
struct keeper_task {
  std::shared_ptr<keeper_ticket> ticket;
};
/// Urgent. The watch of its store's descriptor → keeper: there is something to read.
struct rules_moved {};
/// Keeper → itself: look now, whatever there was reason for.
struct look_at_rules {};
/// Keeper → itself: the clock says so; the last one that was sent has the present generation.
struct keeper_tick {
  std::uint64_t generation;
};
/// Urgent. Owner → keeper: end.
struct stop_keeper {};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::keeper_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::rules_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::look_at_rules)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::keeper_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::stop_keeper)
