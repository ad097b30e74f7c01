#pragma once

#include "persistence/requests/store_ticket.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <memory>

/// Every message to the actors of one store. All are local: they carry pointers and never cross a wire.
/// "urgent" ones are sent with high priority.
namespace sluice {

/// Anybody → writer or reader; urgent if its priority is. When nobody takes it, its request fails with
/// `store_closed`.
struct store_task {
  store_priority priority;
  std::shared_ptr<store_ticket> ticket;
};

/// Urgent. Owner → writer, reader or watcher: what waits already is done, then it ends and closes its store.
struct stop_store {};
/// Writer or reader → itself, behind what waits: now it ends.
struct last_store_task {};

/// Urgent. Watcher → writer: it is to hear of `store_changed`.
struct hear_of_changes {
  caf::actor listener;
};
/// Urgent. Writer → watcher: a commit has changed something.
struct store_changed {};

/// Writer → itself: perhaps it is idle since `groups` transactions.
struct maybe_idle {
  std::uint64_t groups;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::store_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::stop_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::last_store_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::hear_of_changes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::store_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::maybe_idle)
