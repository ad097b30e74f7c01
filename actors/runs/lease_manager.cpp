#include "actors/runs/lease_manager.hpp"

#include "actors/messaging/send.hpp"
#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "persistence/operations/claim_run.hpp"
#include "persistence/operations/reclaim_runs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// Runs that are taken from owners who are gone in one transaction.
constexpr std::size_t reclaim_batch = 256;

/// How often leases are looked at: often enough that a renewal is sent soon after it is due.
milliseconds round_pause(milliseconds ttl) {
  return std::clamp<milliseconds>(ttl / 15, milliseconds{20}, milliseconds{500});
}

/// How often owners are looked at. A dead one's runs are taken over within this time.
milliseconds pause_between_looks(milliseconds ttl) {
  return std::clamp<milliseconds>(ttl / 3, milliseconds{100}, milliseconds{500});
}

std::string reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const error& wrong) {
    return fmt::format("{} [{}]", wrong.what(), wrong.code());
  } catch (const std::exception& wrong) {
    return wrong.what();
  }
}

} // namespace

lease_manager::lease_manager(caf::actor_config& config, run_surroundings_pointer around)
    : flow_actor(config),
      around_(std::move(around)),
      book_(around_->lease_ttl),
      reclaim_trouble_(around_->log, "reclaim") {}

caf::behavior lease_manager::make_behavior() {
  round();
  return {
      [this](lease_taken& taken) { add(taken); },
      [this](const lease_dropped& dropped) { drop(dropped); },
      [this](const lease_round&) { round(); },
      [this](const end_actor&) { quit(); },
      [this](const leases_renewed& answer) { on_renewed(answer); },
      [this](const reclaim_answer& answer) {
        reclaiming_ = false;
        if (answer.failure)
          return reclaim_trouble_.failed(answer.failure);
        reclaim_trouble_.succeeded();
        if (answer.found)
          reclaim();
      },
  };
}

void lease_manager::on_exit() {
  holders_.clear();
}

void lease_manager::add(lease_taken& taken) {
  const auto held = book_.size();
  book_.add(taken.run, taken.token, taken.sent);
  // One that was claimed anew may still be held under its old token by an actor that is closing.
  if (book_.size() > held)
    run_meters::add(around_->meters->leases_held);
  holders_.insert_or_assign(taken.run, std::move(taken.holder));
}

void lease_manager::drop(const lease_dropped& dropped) {
  if (!book_.holds(dropped.run, dropped.token))
    return;
  around_->meters->leases_held.fetch_sub(1, std::memory_order_relaxed);
  book_.drop(dropped.run, dropped.token);
  holders_.erase(dropped.run);
}

void lease_manager::round() {
  const auto now = around_->clock.boot().since_boot;
  for (const auto& run : book_.take_expired(now))
    lose(run, "its lease could not be renewed in time");
  if (!renewing_)
    renew();
  if (!reclaiming_ && now >= next_look_) {
    next_look_ = now + pause_between_looks(around_->lease_ttl);
    look_for_gone();
  }
  delayed_send<caf::message_priority::high>(this, round_pause(around_->lease_ttl), lease_round{});
}

void lease_manager::renew() {
  sent_ = around_->clock.boot().since_boot;
  asked_ = book_.due(sent_);
  if (asked_.empty()) {
    if (book_.size() == 0)
      around_->meters->renewals_fail = false;
    return;
  }
  renewing_ = true;
  fault_point("renewal.sent");
  const caf::actor self{this};
  around_->store.write<std::vector<lease_refusal>>(
      store_priority::urgent,
      [around = around_, asked = asked_](store& in, utc_time) {
        return renew_leases(in, around->owner, asked, around->clock.boot(), around->lease_ttl);
      },
      [self, number = ++renewal_](store_result<std::vector<lease_refusal>> result) {
        leases_renewed answer{number, {}, {}};
        if (!result.failed())
          answer.refusals = std::move(result.get());
        else
          answer.failure = std::move(result).failure();
        send_urgent(self, std::move(answer));
      });
}

void lease_manager::on_renewed(const leases_renewed& answer) {
  if (answer.round != renewal_)
    return;
  renewing_ = false;
  fault_point("renewal.answered");
  around_->meters->renewals_fail = answer.failure != nullptr;
  if (answer.failure) {
    if (!std::exchange(store_failed_, true))
      say(log_level::error, "lease_renewal_failed", reason_of(answer.failure));
    return;
  }
  store_failed_ = false;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const auto& [run, token] = asked_[i];
    if (answer.refusals[i] != lease_refusal::none) {
      // One that was given back meanwhile is not in the book any more.
      if (book_.holds(run, token)) {
        book_.drop(run, token);
        lose(run, fmt::format("its lease was not renewed: {}", to_string(answer.refusals[i])));
      }
      continue;
    }
    run_meters::add(around_->meters->lease_renewals);
    const auto deadline = book_.renewed(run, token, sent_);
    const auto holder = holders_.find(run);
    if (deadline && holder != holders_.end())
      send_urgent(holder->second, lease_extended{*deadline});
  }
}

void lease_manager::lose(const uuid& run, const std::string& why) {
  run_meters::add(around_->meters->leases_lost);
  around_->meters->leases_held.fetch_sub(1, std::memory_order_relaxed);
  const auto holder = holders_.find(run);
  if (holder == holders_.end())
    return;
  fault_point("lease.lost");
  send_urgent(holder->second, lease_lost{why});
  holders_.erase(holder);
}

/// Reads first: the line of writers is joined only when there is something to free.
void lease_manager::look_for_gone() {
  reclaiming_ = true;
  fault_point("owners.looked_at");
  const caf::actor self{this};
  around_->store.read<bool>(
      [around = around_](store& in, utc_time) {
        if (around->keep_alive)
          around->keep_alive();
        return find_gone(in, around->clock.boot(), around->is_dead);
      },
      [self](store_result<bool> found) {
        send_outside(self, reclaim_answer{found.failure(), !found.failed() && found.get()});
      });
}

void lease_manager::reclaim() {
  reclaiming_ = true;
  const caf::actor self{this};
  around_->store.write<std::size_t>(
      store_priority::normal,
      [around = around_](store& in, utc_time now) {
        return reclaim_runs(in, around->clock.boot(), now, around->is_dead, reclaim_batch).size();
      },
      [self, meters = around_->meters](store_result<std::size_t> freed) {
        if (!freed.failed())
          run_meters::add(meters->leases_reclaimed, freed.get());
        send_outside(self, reclaim_answer{freed.failure(), !freed.failed() && freed.get() == reclaim_batch});
      });
}

void lease_manager::say(log_level level, std::string_view what, const std::string& text) const {
  if (around_->log)
    around_->log(level, what, text);
}

} // namespace sluice
