#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/store/opened_store.hpp"
#include "actors/store/store_messages.hpp"
#include "actors/store/store_settings.hpp"
#include "persistence/requests/group_commit.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <vector>

namespace sluice {

/// Owns the only writing store of a process and database. Takes what its mailbox has, commits it as one group
/// when nothing is left in there or the group is full, and tells whoever watches. Ends by `stop_store` only.
class store_writer final : public flow_actor {
public:
  store_writer(caf::actor_config& config, writer_settings settings);

  const char* name() const override { return "sluice.store_writer"; }
  caf::invoke_message_result consume(caf::mailbox_element& element) override;

private:
  caf::behavior make_behavior() override;
  void on_exit() override;
  void flush();
  void tell_watchers();
  void expect_idleness();
  void on_maybe_idle(std::uint64_t groups);
  void tidy();

  writer_settings settings_;
  opened_store store_;
  group_commit group_;
  std::vector<caf::actor> listeners_;
  /// Transactions begun so far, and whether a `maybe_idle` is on its way: one at a time.
  std::uint64_t groups_ = 0;
  bool idle_asked_ = false;
};

/// Returns a writer that has begun.
caf::actor spawn_store_writer(caf::actor_system& in, writer_settings settings);

} // namespace sluice
