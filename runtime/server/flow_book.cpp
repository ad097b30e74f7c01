#include "runtime/server/flow_book.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

bool has_ended(const kept_flow& flow) {
  return flow.ended_at.has_value();
}

} // namespace

kept_flow flow_book::add(const uuid& id, std::size_t threads, const std::function<kept_flow()>& begin) {
  reserve(id, threads);
  std::optional<kept_flow> begun;
  try {
    begun = begin();
  } catch (...) {
    give_up(id, threads);
    throw;
  }
  return enter(*std::move(begun), threads);
}

void flow_book::reserve(const uuid& id, std::size_t threads) {
  const std::lock_guard lock(mutex_);
  if (closed_)
    throw error("draining", "the server is going down: no flow is started any more");
  if (threads_ + threads > threads_limit_)
    throw error(
        "too_many_flows",
        fmt::format("this flow needs {} threads of its own, the running ones have {}, and {} is the most "
                    "for all; stop one, or have fewer nodes that are blocking",
                    threads, threads_, threads_limit_));
  starting_.emplace(id, std::nullopt);
  threads_ += threads;
}

void flow_book::give_up(const uuid& id, std::size_t threads) {
  const std::lock_guard lock(mutex_);
  starting_.erase(id);
  threads_ -= threads;
  ended_.notify_all();
}

kept_flow flow_book::enter(kept_flow begun, std::size_t threads) {
  std::vector<entry> forgotten;
  std::function<void(const kept_flow&)> late;
  {
    const std::lock_guard lock(mutex_);
    const auto started = starting_.extract(begun.id);
    if (const auto& end = started.mapped()) {
      begun.ended_at = end->at;
      begun.summary = end->summary;
      threads_ -= std::exchange(threads, 0);
    } else if (closed_) {
      late = late_;
    }
    entries_.push_back({begun, threads});
    forget(forgotten);
    ended_.notify_all();
  }
  if (late)
    late(begun);
  return begun;
}

std::optional<kept_flow> flow_book::note_end(const uuid& id, const flow_summary& summary, utc_time now) {
  std::vector<entry> forgotten;
  std::optional<kept_flow> ended;
  {
    const std::lock_guard lock(mutex_);
    if (const auto early = starting_.find(id); early != starting_.end()) {
      early->second = early_end{now, std::make_shared<const flow_summary>(summary)};
      return std::nullopt;
    }
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const entry& each) { return each.flow.id == id; });
    if (found == entries_.end() || has_ended(found->flow))
      return std::nullopt;
    found->flow.ended_at = now;
    found->flow.summary = std::make_shared<const flow_summary>(summary);
    threads_ -= std::exchange(found->threads, 0);
    ended = found->flow;
    forget(forgotten);
    ended_.notify_all();
  }
  return ended;
}

void flow_book::forget(std::vector<entry>& out) {
  const auto ended = [](const entry& each) { return has_ended(each.flow); };
  auto count = static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), ended));
  for (; count > ended_kept_; --count) {
    const auto first =
        std::min_element(entries_.begin(), entries_.end(), [&](const entry& one, const entry& other) {
          return ended(one) && (!ended(other) || *one.flow.ended_at < *other.flow.ended_at);
        });
    out.push_back(std::move(*first));
    entries_.erase(first);
  }
}

std::vector<kept_flow> flow_book::newest_first() const {
  std::vector<kept_flow> all;
  const std::lock_guard lock(mutex_);
  all.reserve(entries_.size());
  for (auto each = entries_.rbegin(); each != entries_.rend(); ++each)
    all.push_back(each->flow);
  return all;
}

std::vector<kept_flow> flow_book::running() const {
  auto all = newest_first();
  std::erase_if(all, has_ended);
  return all;
}

std::optional<kept_flow> flow_book::find(const uuid& id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& each : entries_)
    if (each.flow.id == id)
      return each.flow;
  return std::nullopt;
}

void flow_book::close(std::function<void(const kept_flow&)> late) {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  late_ = std::move(late);
}

bool flow_book::wait_for_all(std::chrono::nanoseconds time) const {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, time, [&] {
    return starting_.empty() && std::all_of(entries_.begin(), entries_.end(),
                                            [](const entry& each) { return has_ended(each.flow); });
  });
}

} // namespace sluice
