#pragma once

#include "model/run/run_event.hpp"
#include "persistence/requests/store_news.hpp"
#include "persistence/store/run_rows.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

/// Every message between the change watcher and those who hear of it. All are local. "urgent" ones are sent
/// with high priority.
namespace sluice {

/// What somebody wants to hear of.
struct watch_wishes {
  /// `commands_arrived`.
  bool commands = false;
  /// `events_arrived`, each to be answered by `events_heard`.
  bool events = false;
  /// `store_moved`.
  bool moves = false;
  /// `lanes_set`.
  bool lanes = false;
};

/// Anybody → watcher: from now on; replaces what `who` wanted before. Nothing wanted: no more messages. Who
/// has wanted something says so before it ends.
struct watch_store {
  caf::actor who;
  watch_wishes wants;
};
/// Urgent. Watcher → who wants commands: those that came after the last, in order, by whatever process. The
/// first such message may be without commands: what is committed after it will not be left out.
struct commands_arrived {
  std::vector<command_row> commands;
};
/// Watcher → who wants events: all with an id above `since` up to the last of these, in order. The first such
/// message may be without events: nothing above `since` will be left out. The next comes after
/// `events_heard`.
struct events_arrived {
  std::int64_t since;
  std::vector<run_event> events;
};
/// Who wants events → watcher.
struct events_heard {
  caf::actor who;
};
/// Urgent. Watcher → who wants lanes: those that somebody has set, by whatever process, as they are now.
struct lanes_set {
  std::vector<lane_row> lanes;
};
/// Urgent. Watcher → who wants moves: something was committed, by whatever process.
struct store_moved {};
/// Urgent. Watcher → who wants commands and has not had the first `commands_arrived`: a look has failed. It
/// comes again for each look that does.
struct watch_failed {
  std::exception_ptr failure;
};

/// Owner → watcher: the store is there.
struct begin_watching {};
/// Watcher → itself: time for a look.
struct look_due {};
/// A look, on the reader's thread → watcher: what it has found, or why it could not.
struct look_done {
  std::shared_ptr<store_news> news;
  std::exception_ptr failure;
};

} // namespace sluice

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::watch_store)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::commands_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::events_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::events_heard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::lanes_set)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::store_moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::watch_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::begin_watching)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::look_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::look_done)
