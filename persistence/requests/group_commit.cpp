#include "persistence/requests/group_commit.hpp"

#include "persistence/requests/request_failure.hpp"

#include <iterator>
#include <utility>

namespace sluice {

group_commit::group_commit(utc_clock clock, stopwatch elapsed, store_meters& meters)
    : clock_(std::move(clock)), elapsed_(std::move(elapsed)), meters_(&meters) {}

void group_commit::add(store_priority priority, ticket request) {
  auto& queue = priority == store_priority::urgent ? urgent_ : normal_;
  queue.push_back(std::move(request));
}

bool group_commit::commit(store& in) {
  auto all = take();
  changed_ = false;
  carry_out(in, all);
  return changed_;
}

void group_commit::fail(std::exception_ptr why) {
  auto all = take();
  if (!all.empty())
    finish_all(all, std::move(why));
}

void group_commit::abandon() noexcept {
  urgent_.clear();
  normal_.clear();
}

std::vector<group_commit::ticket> group_commit::take() {
  auto all = std::exchange(urgent_, {});
  all.insert(all.end(), std::make_move_iterator(normal_.begin()), std::make_move_iterator(normal_.end()));
  normal_.clear();
  return all;
}

void group_commit::carry_out(store& in, requests all) {
  while (!all.empty()) {
    auto came = try_together(in, all);
    if (!came.why)
      return;
    if (came.ran == 0) {
      // Nothing uncommitted was there when it was refused.
      finish(*all.front(), std::move(came.why));
      all = all.subspan(1);
      continue;
    }
    store_meters::add(meters_->rolled_back_groups);
    carry_out(in, all.first(came.ran));
    all = all.subspan(came.ran);
  }
}

group_commit::progress group_commit::try_together(store& in, requests all) {
  if (auto trouble = failure_of([&] { in.begin(); })) {
    finish_all(all, std::move(trouble));
    return {};
  }
  auto came = run_all(in, all);
  if (came.why)
    in.roll_back();
  else
    commit_together(in, all);
  return came;
}

group_commit::progress group_commit::run_all(store& in, requests all) {
  progress came;
  came.why = failure_of([&] {
    const auto now = clock_();
    for (; came.ran < all.size(); ++came.ran)
      all[came.ran]->run(in, now);
  });
  return came;
}

void group_commit::commit_together(store& in, requests all) {
  const auto began = elapsed_();
  if (auto trouble = failure_of([&] { in.commit(); })) {
    finish_all(all, std::move(trouble));
    return;
  }
  store_meters::add(meters_->commit_nanoseconds, static_cast<std::uint64_t>((elapsed_() - began).count()));
  store_meters::add(meters_->groups);
  store_meters::add(meters_->grouped_requests, all.size());
  changed_ = changed_ || in.last_commit_wrote();
  for (const auto& each : all)
    finish(*each, nullptr);
}

void group_commit::finish_all(requests all, std::exception_ptr why) noexcept {
  for (const auto& each : all.first(all.size() - 1))
    finish(*each, copy_of(why));
  finish(*all.back(), std::move(why));
}

void group_commit::finish(store_ticket& request, std::exception_ptr failure) noexcept {
  store_meters::add(meters_->requests);
  if (failure)
    count_failure(*meters_, failure);
  request.finish(std::move(failure));
}

} // namespace sluice
