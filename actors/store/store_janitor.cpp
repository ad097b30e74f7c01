#include "actors/store/store_janitor.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/store_messages.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds least_pause{100};

} // namespace

store_janitor::store_janitor(caf::actor_config& config, janitor_settings settings)
    : flow_actor(config), settings_(std::move(settings)), trouble_(settings_.log, "retention") {}

caf::behavior store_janitor::make_behavior() {
  sweep();
  return {
      [this](const sweep_due& due) {
        if (due.number == waits_)
          sweep();
      },
      [this](const keep_by& rules) {
        settings_.keep = rules.keep;
        sweep();
      },
      [this](const swept& answer) { on_swept(answer); },
      [this](const stop_store&) { quit(caf::exit_reason::user_shutdown); },
  };
}

void store_janitor::on_exit() {
  settings_.store = {};
}

void store_janitor::sweep() {
  if (sweeping_ || settings_.keep.keeps_everything())
    return;
  sweeping_ = true;
  const auto self = caf::actor_cast<caf::actor>(this);
  settings_.store.write<aged_out>(
      store_priority::normal,
      [keep = settings_.keep, rows = settings_.rows](store& in, utc_time now) {
        return age_out(in, keep, now, rows);
      },
      [self](store_result<aged_out> result) {
        swept answer;
        if (result.failed())
          answer.failure = std::move(result).failure();
        else
          answer.done = result.get();
        send_outside(self, std::move(answer));
      });
}

void store_janitor::on_swept(const swept& answer) {
  sweeping_ = false;
  if (answer.failure) {
    trouble_.failed(answer.failure);
    return wait(pause());
  }
  trouble_.succeeded();
  settings_.meters->runs.fetch_add(answer.done.runs, std::memory_order_relaxed);
  settings_.meters->audit_rows.fetch_add(answer.done.audit_rows, std::memory_order_relaxed);
  wait(answer.done.more ? settings_.breath : pause());
}

/// What is kept for ten minutes is to be gone within eleven.
std::chrono::milliseconds store_janitor::pause() const {
  auto shortest = settings_.pause;
  for (const auto& kept : {settings_.keep.runs, settings_.keep.audit})
    if (kept)
      shortest = std::min(shortest, *kept / 10);
  return std::max(shortest, least_pause);
}

void store_janitor::wait(std::chrono::milliseconds time) {
  delayed_send(this, time, sweep_due{++waits_});
}

caf::actor spawn_store_janitor(caf::actor_system& in, janitor_settings settings) {
  return in.spawn<store_janitor>(std::move(settings));
}

} // namespace sluice
