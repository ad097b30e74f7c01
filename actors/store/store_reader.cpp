#include "actors/store/store_reader.hpp"

#include "actors/messaging/send.hpp"
#include "persistence/requests/request_failure.hpp"

#include <caf/actor_cast.hpp>

#include <exception>
#include <utility>

namespace sluice {

store_reader::store_reader(caf::actor_config& config, store_actor_settings settings)
    : flow_actor(config), settings_(std::move(settings)), store_(settings_.open) {}

caf::behavior store_reader::make_behavior() {
  return {
      [this](store_task& task) { serve(*task.ticket); },
      [this](const stop_store&) { send_normal(this, caf::actor_cast<caf::actor>(this), last_store_task{}); },
      [this](const last_store_task&) { quit(caf::exit_reason::user_shutdown); },
  };
}

void store_reader::serve(store_ticket& request) {
  store_meters::add(settings_.meters->reads);
  auto failure = failure_of([&] { run(request); });
  if (failure)
    count_failure(*settings_.meters, failure);
  request.finish(std::move(failure));
}

void store_reader::run(store_ticket& request) {
  auto& in = store_.get();
  const store_transaction look(in);
  request.run(in, settings_.clock());
}

caf::actor spawn_store_reader(caf::actor_system& in, store_actor_settings settings) {
  return settings.detached ? in.spawn<store_reader, caf::detached>(std::move(settings))
                           : in.spawn<store_reader>(std::move(settings));
}

} // namespace sluice
