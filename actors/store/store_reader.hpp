#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/store/opened_store.hpp"
#include "actors/store/store_messages.hpp"
#include "actors/store/store_settings.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

namespace sluice {

/// Owns a store to read from: each request sees one moment of it, and none is held up by writers. Ends by
/// `stop_store` only.
class store_reader final : public flow_actor {
public:
  store_reader(caf::actor_config& config, store_actor_settings settings);

  const char* name() const override { return "sluice.store_reader"; }

private:
  caf::behavior make_behavior() override;
  void on_exit() override { store_.close(); }
  void serve(store_ticket& request);
  void run(store_ticket& request);

  store_actor_settings settings_;
  opened_store store_;
};

/// Returns a reader that has begun.
caf::actor spawn_store_reader(caf::actor_system& in, store_actor_settings settings);

} // namespace sluice
