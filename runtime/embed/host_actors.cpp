#include "runtime/embed/host_actors.hpp"

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/send.hpp"
#include "model/base/error.hpp"
#include "runtime/embed/actor_line_messages.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

class watcher final : public flow_actor {
public:
  explicit watcher(caf::actor_config& config) : flow_actor(config) {}
  const char* name() const override { return "sluice.watcher"; }

private:
  caf::behavior make_behavior() override {
    return {[this](const flow_over& over) { quit(reason_of(over.summary)); }};
  }

  static caf::error reason_of(const flow_summary& summary) {
    if (summary.outcome == flow_status::finished)
      return caf::none;
    auto how =
        make_error(summary.outcome == flow_status::failed ? flow_failure::failed : flow_failure::aborted);
    how.context() = caf::make_message(summary.reason);
    return how;
  }
};

} // namespace

caf::error make_error(door_refusal why) {
  return {static_cast<std::uint8_t>(why), caf::atom("sluicedoor")};
}

caf::error make_error(flow_failure how) {
  return {static_cast<std::uint8_t>(how), caf::atom("sluiceflow")};
}

void close_with(const caf::actor& door, const caf::actor& feeder) {
  if (!door)
    throw error("bad_value",
                "the door of an inlet is a handle without an actor; give what inlet_actor returned");
  detail::call_at_exit(feeder, "the door of an inlet", [weak = door.address()] {
    // Not urgent: that would overtake what the feeder sent.
    if (const auto there = caf::actor_cast<caf::actor>(weak))
      send_outside(there, feeder_gone{});
  });
}

caf::actor flow_watcher(caf::actor_system& system, const flow& watched) {
  const logger_mark unmarked;
  auto made = system.spawn<watcher>();
  watched.when_ended([made, name = watched.plan().name()](const flow_summary& summary) {
    send_urgent(made, flow_over{name, summary});
  });
  return made;
}

void tell_when_ended(const flow& watched, const caf::actor& listener) {
  if (!listener)
    throw error("bad_value",
                fmt::format("a handle without an actor was to hear of the end of the flow '{}'; give that of "
                            "its listener",
                            watched.plan().name()));
  watched.when_ended([weak = listener.address(), name = watched.plan().name()](const flow_summary& summary) {
    if (const auto there = caf::actor_cast<caf::actor>(weak))
      send_outside(there, flow_over{name, summary});
  });
}

} // namespace sluice
