#include "runtime/embed/inlet_door.hpp"

#include "actors/messaging/flow_actor.hpp"
#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/send.hpp"
#include "model/base/error.hpp"
#include "runtime/embed/actor_line_messages.hpp"
#include "runtime/embed/host_messages.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

namespace sluice::detail {

namespace {

/// Takes payloads for an inlet from actors, and answers each when there is room for another: whoever waits
/// for its answers is never refused.
class inlet_door final : public flow_actor {
public:
  inlet_door(caf::actor_config& config, std::unique_ptr<door_inlet> to)
      : flow_actor(config), to_(std::move(to)) {}

  const char* name() const override { return "sluice.inlet"; }

private:
  /// A sender that waits for its answer, perhaps with something that found no room.
  struct caller {
    caf::response_promise answer;
    std::unique_ptr<door_parcel> parcel;
  };

  caf::behavior make_behavior() override {
    listener_ =
        to_->line().listen([self = caf::actor_cast<caf::actor>(this)] { send_urgent(self, line_moved{}); });
    serve();
    const auto arrived = [this](std::unique_ptr<door_parcel> parcel) { return arrive(std::move(parcel)); };
    return to_->handlers(arrived).or_else([this](const line_moved&) { serve(); },
                                          [this](const feeder_gone&) {
                                            closes_ = true;
                                            serve();
                                          },
                                          [this](const door_shut&) { quit(); });
  }

  void on_exit() override {
    to_->line().unlisten(listener_);
    answer_all();
    // Also when somebody ended this actor: nothing can come through it any more.
    to_->close();
  }

  caf::response_promise arrive(std::unique_ptr<door_parcel> parcel) {
    auto answer = make_response_promise();
    serve();
    if (closes_ || leaves_) {
      refuse(answer, *parcel, door_refusal::ended);
    } else if (callers_.empty() || may_wait(answer, parcel->size())) {
      callers_.push_back({answer, std::move(parcel)});
      serve();
    } else {
      refuse(answer, *parcel, door_refusal::full);
    }
    return answer;
  }

  /// What waits here is bounded by the capacity and one message for each sender.
  bool may_wait(const caf::response_promise& answer, std::size_t count) const {
    std::size_t waiting = count;
    bool first = true;
    for (const auto& each : callers_) {
      waiting += each.parcel ? each.parcel->size() : 0;
      first = first && each.answer.source() != answer.source();
    }
    return first || waiting <= to_->line().capacity();
  }

  void serve() {
    do {
      while (!callers_.empty() && serve_next())
        callers_.pop_front();
      if (closes_ && nothing_waits())
        to_->close();
      if (to_->line().ended()) {
        leave();
        return;
      }
    } while (!callers_.empty() && !to_->sleep_while_full(listener_));
  }

  bool nothing_waits() const {
    return std::all_of(callers_.begin(), callers_.end(), [](const caller& each) { return !each.parcel; });
  }

  /// Goes when what is in the mailbox by now was refused: an actor that has gone could not count it.
  void leave() {
    answer_all();
    if (!std::exchange(leaves_, true))
      send_normal(this, caf::actor_cast<caf::actor>(this), door_shut{});
  }

  /// Returns false when the caller at the front must go on waiting.
  bool serve_next() {
    auto& next = callers_.front();
    if (next.parcel && !next.parcel->hand_over())
      return false;
    next.parcel.reset();
    const auto room = to_->free_places();
    if (room == 0)
      return false;
    const through_global_queue unstarved(*this);
    next.answer.deliver(door_credit{std::max<std::uint64_t>(1, room / callers_.size())});
    return true;
  }

  /// Nothing will be taken any more.
  void answer_all() {
    const through_global_queue unstarved(*this);
    for (auto& each : callers_)
      if (each.parcel)
        refuse(each.answer, *each.parcel, door_refusal::ended);
      else
        each.answer.deliver(door_credit{0});
    callers_.clear();
  }

  void refuse(caf::response_promise& answer, const door_parcel& parcel, door_refusal why) {
    to_->count_refused(parcel.size());
    const through_global_queue unstarved(*this);
    answer.deliver(make_error(why));
  }

  std::unique_ptr<door_inlet> to_;
  outside_line::listener listener_{};
  std::deque<caller> callers_;
  /// Its feeder has exited: what waits here is the last.
  bool closes_ = false;
  bool leaves_ = false;
};

} // namespace

caf::actor spawn_door(caf::actor_system& in, std::unique_ptr<door_inlet> to) {
  const logger_mark unmarked;
  return in.spawn<inlet_door>(std::move(to));
}

void call_at_exit(const caf::actor& feeder, std::string_view what, std::function<void()> then) {
  if (!feeder)
    throw error("bad_value",
                fmt::format("{} was to close with a handle without an actor; give that of its feeder", what));
  feeder->attach_functor(std::move(then));
}

} // namespace sluice::detail
