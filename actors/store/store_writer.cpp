#include "actors/store/store_writer.hpp"

#include "actors/messaging/send.hpp"
#include "persistence/requests/request_failure.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice {

store_writer::store_writer(caf::actor_config& config, writer_settings settings)
    : flow_actor(config),
      settings_(std::move(settings)),
      store_(settings_.open),
      group_(
          settings_.clock, [this] { return clock().now().time_since_epoch(); }, *settings_.meters) {}

caf::behavior store_writer::make_behavior() {
  return {
      [this](store_task& task) { group_.add(task.priority, std::move(task.ticket)); },
      [this](const hear_of_changes& wanted) { listeners_.push_back(wanted.listener); },
      [this](const maybe_idle& since) { on_maybe_idle(since.groups); },
      [this](const stop_store&) { send_normal(this, caf::actor_cast<caf::actor>(this), last_store_task{}); },
      [this](const last_store_task&) {
        flush();
        quit(caf::exit_reason::user_shutdown);
      },
  };
}

// Here and not in each handler: whatever message comes last, nothing that was taken in may stay behind.
caf::invoke_message_result store_writer::consume(caf::mailbox_element& element) {
  const auto result = flow_actor::consume(element);
  if (group_.size() >= settings_.group_limit || mailbox().empty())
    flush();
  return result;
}

void store_writer::on_exit() {
  group_.abandon();
  store_.close();
  listeners_.clear();
}

void store_writer::flush() {
  if (group_.empty())
    return;
  ++groups_;
  if (auto trouble = failure_of([this] { store_.get(); }))
    group_.fail(std::move(trouble));
  else if (group_.commit(store_.get()))
    tell_watchers();
  expect_idleness();
}

void store_writer::tell_watchers() {
  for (const auto& each : listeners_)
    send_urgent(each, store_changed{});
}

void store_writer::expect_idleness() {
  if (!settings_.tidy || std::exchange(idle_asked_, true))
    return;
  delayed_send(this, settings_.idle_pause, maybe_idle{groups_});
}

void store_writer::on_maybe_idle(std::uint64_t groups) {
  idle_asked_ = false;
  if (groups != groups_ || !group_.empty())
    expect_idleness();
  else
    tidy();
}

void store_writer::tidy() {
  try {
    if (auto* const in = store_.if_open())
      settings_.tidy(*in);
  } catch (const std::exception& trouble) {
    if (settings_.log)
      settings_.log(log_level::warning, "store_not_tidied", trouble.what());
  }
}

caf::actor spawn_store_writer(caf::actor_system& in, writer_settings settings) {
  return settings.detached ? in.spawn<store_writer, caf::detached>(std::move(settings))
                           : in.spawn<store_writer>(std::move(settings));
}

} // namespace sluice
