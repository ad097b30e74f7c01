#include "actors/runs/claim_batch.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

using allowance = std::optional<std::uint64_t>;

allowance smaller(const allowance& a, const allowance& b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

/// Returns how many attempts may begin before the run is handed back. No more than the lane's day leaves: a
/// run that wants more together would be refused all of them, and be claimed again at once.
allowance allowance_of(const claimed_run& run, const claim_order& order) {
  return smaller(run.ticks_left, smaller(order.ticks_of_run, order.budget.left_for(run.row.id)));
}

claimed_conductor in_hands(claimed_run run, const claim_order& order, const run_surroundings& around) {
  const auto token = run.token;
  conductor_settings settings{around.owner, order.parallel_steps, allowance_of(run, order), order.patience};
  return {run_conductor(std::move(run), std::move(settings), around.steps->catalog(), &around.policy),
          token,
          {},
          0,
          false};
}

/// What was decided together with the claim is written.
void note_written(claimed_conductor& claimed, const boundary_answer& answer) {
  const auto& turn = *claimed.first;
  claimed.conductor.written(answer.row);
  claimed.counted = claimed.conductor.begun();
  claimed.left = turn.over() || (turn.next && !answer.continued);
  if (claimed.left)
    claimed.first.reset();
}

} // namespace

claim_batch claim_batch_of(store& in, const claim_order& order, const run_surroundings& around,
                           utc_time now) {
  claim_batch batch;
  batch.runs.reserve(order.count);
  auto budget = order.budget;
  const auto take = [&](claimed_run run) -> claimed_conductor& {
    return batch.runs.emplace_back(in_hands(std::move(run), order, around));
  };
  // A policy is asked by a thread that may wait.
  first_turn first;
  if (!around.policy)
    first = [&](claimed_run run) -> boundary_view {
      auto& claimed = take(std::move(run));
      const auto& turn = claimed.first.emplace(claimed.conductor.advance(now));
      return {&turn.ended, &turn.next};
    };
  lane_claims claims(in, {order.from, around.owner, around.clock.boot(), now, around.lease_ttl}, order.count);
  while (batch.runs.size() + batch.settled < order.count) {
    auto answer = claims.next(budget, first);
    batch.outcome = answer.outcome;
    if (answer.outcome != tick_outcome::ticked)
      break;
    if (answer.boundary)
      note_written(batch.runs.back(), *answer.boundary);
    else if (answer.run)
      take(*std::move(answer.run)).counted = 1;
    else {
      ++batch.settled;
      continue;
    }
    for (auto ticks = batch.runs.back().counted; ticks > 0; --ticks)
      budget.count(batch.runs.back().conductor.row().id);
  }
  return batch;
}

} // namespace sluice
