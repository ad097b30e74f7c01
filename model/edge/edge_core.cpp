#include "model/edge/edge_core.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice {

edge_core::edge_core(const edge_settings& settings, std::shared_ptr<lossy_channel> channel, port_type type,
                     bool check_type, edge_links& links)
    : settings_(&settings),
      type_(type),
      check_type_(check_type),
      links_(&links),
      channel_(std::move(channel)) {
  counters_.capacity = settings.capacity;
}

void edge_core::start() {
  started_ = true;
  credit_ = settings_->lossless() ? counters_.capacity : defaults::lossy_window;
  links_->grant(credit_, nullptr);
}

void edge_core::offer(batch_pointer batch, std::uint64_t delivered) {
  credit_ -= std::min(credit_, batch->size());
  if (aborted_) {
    counters_.offered += batch->size();
    counters_.accepted += batch->size();
    counters_.discarded += batch->size();
    return;
  }
  if (channel_)
    offer_lossy(std::move(batch), delivered);
  else
    offer_lossless(std::move(batch));
}

void edge_core::offer_lossless(batch_pointer batch) {
  counters_.offered += batch->size();
  const auto refused = check_type_ ? refuse_misfits(*batch) : 0;
  counters_.accepted += batch->size();
  waiting_ += batch->size();
  if (!batch->empty())
    links_->deliver(std::move(batch));
  // A refused message takes no place: its credit goes back at once.
  if (refused != 0)
    grant_free_places(nullptr);
}

std::size_t edge_core::refuse_misfits(message_batch& batch) {
  auto& all = batch.messages;
  const auto misfits = std::stable_partition(all.begin(), all.end(), [&](const message& one) {
    return !one.is_data() || type_.accepts(one.content());
  });
  const auto count = static_cast<std::size_t>(all.end() - misfits);
  counters_.refused_type += count;
  for (auto refused = misfits; refused != all.end(); ++refused)
    links_->refuse(std::move(*refused), {});
  all.erase(misfits, all.end());
  return count;
}

void edge_core::offer_lossy(batch_pointer batch, std::uint64_t delivered) {
  std::vector<lossy_channel::refusal> refused;
  const auto count = batch->size();
  const bool announce = channel_->offer(*batch, delivered, type_, check_type_, refused);
  copy_channel_counts();
  for (auto& one : refused)
    links_->refuse(std::move(one.refused), one.why);
  if (announce)
    links_->announce();
  credit_ += count;
  if (count != 0)
    links_->grant(count, std::move(batch));
}

void edge_core::taken(std::size_t count, batch_pointer spare) {
  waiting_ -= std::min(waiting_, count);
  grant_free_places(std::move(spare));
}

void edge_core::grant_free_places(batch_pointer spare) {
  const auto used = waiting_ + credit_;
  if (aborted_ || used >= counters_.capacity)
    return;
  const auto free = counters_.capacity - used;
  credit_ += free;
  links_->grant(free, std::move(spare));
}

std::size_t edge_core::set_capacity(std::size_t capacity) {
  counters_.capacity = capacity;
  if (channel_)
    channel_->set_capacity(capacity);
  // Before its start an edge has given nothing: the first credit will be the new capacity.
  if (channel_ || !started_ || aborted_)
    return 0;
  grant_free_places(nullptr);
  const auto used = waiting_ + credit_;
  return used > capacity ? std::min(credit_, used - capacity) : 0;
}

void edge_core::return_credit(std::size_t count) {
  credit_ -= std::min(credit_, count);
  // The capacity may have been raised since it was asked for.
  grant_free_places(nullptr);
}

void edge_core::measure_blocked(std::chrono::nanoseconds now) {
  const bool blocked = credit_ == 0 && !aborted_;
  const auto time = static_cast<std::uint64_t>(now.count());
  if (counters_.blocked_since_ns != 0)
    counters_.blocked_ns += time - counters_.blocked_since_ns;
  counters_.blocked_since_ns = blocked ? time : 0;
}

void edge_core::abort() {
  if (aborted_)
    return;
  aborted_ = true;
  if (channel_) {
    channel_->discard_all();
    copy_channel_counts();
  }
}

void edge_core::close(std::uint64_t delivered) {
  abort();
  const auto gone = counters_.replaced + counters_.coalesced + counters_.evicted + counters_.discarded;
  counters_.discarded += counters_.accepted - gone - std::min(delivered, counters_.accepted - gone);
}

void edge_core::copy_channel_counts() {
  const auto counts = channel_->counts();
  counters_.offered = counts.offered;
  counters_.accepted = counts.accepted;
  counters_.dropped = counts.dropped;
  counters_.refused_type = counts.refused_type;
  counters_.refused_merge = counts.refused_merge;
  counters_.replaced = counts.replaced;
  counters_.coalesced = counts.coalesced;
  counters_.evicted = counts.evicted;
  counters_.discarded = counts.discarded;
}

} // namespace sluice
