#include "actors/store/store_janitor.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/store_messages.hpp"
#include "model/base/error.hpp"

#include <caf/actor_cast.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds least_pause{100};

std::exception_ptr clock_moved(std::chrono::milliseconds by) {
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(by)).count();
  return std::make_exception_ptr(error(
      "clock_moved", fmt::format("the wall clock was set {} by {} h {:02} min: nothing is removed until it "
                                 "is back, or has gone on so for the shortest of what is kept, at most "
                                 "a day; set it right, or restart if it is right now",
                                 by.count() < 0 ? "back" : "forth", minutes / 60, minutes % 60)));
}

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
        if (settings_.keep.keeps_everything())
          settings_.meters->behind_milliseconds.store(0, std::memory_order_relaxed);
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
  const auto now = settings_.clock.utc();
  if (const auto moved = guard_.look(now, settings_.clock.boot().since_boot, shortest_rule())) {
    trouble_.failed(clock_moved(*moved));
    return wait(pause());
  }
  send_piece(now);
}

/// By the time that was looked at, whatever the clock says when the writer comes to it.
void store_janitor::send_piece(utc_time now) {
  sweeping_ = true;
  const auto self = caf::actor_cast<caf::actor>(this);
  settings_.store.write<aged_out>(
      store_priority::normal,
      [keep = settings_.keep, rows = settings_.rows, now](store& in, utc_time) {
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
  const auto behind = settings_.keep.keeps_everything() ? 0 : answer.done.behind.count();
  settings_.meters->behind_milliseconds.store(static_cast<std::uint64_t>(behind), std::memory_order_relaxed);
  wait(answer.done.more ? settings_.breath : pause());
}

/// What is kept for ten minutes is to be gone within eleven.
std::chrono::milliseconds store_janitor::pause() const {
  return std::max(std::min(settings_.pause, shortest_rule() / 10), least_pause);
}

std::chrono::milliseconds store_janitor::shortest_rule() const {
  auto shortest = std::chrono::milliseconds::max();
  for (const auto& kept : {settings_.keep.runs, settings_.keep.audit})
    shortest = std::min(shortest, kept.value_or(shortest));
  return shortest;
}

void store_janitor::wait(std::chrono::milliseconds time) {
  delayed_send(this, time, sweep_due{++waits_});
}

caf::actor spawn_store_janitor(caf::actor_system& in, janitor_settings settings) {
  return in.spawn<store_janitor>(std::move(settings));
}

} // namespace sluice
