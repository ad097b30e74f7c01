#include "persistence/sqlite/run_keys.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

/// Runs in flight, with room; about 200 bytes each, and 1 KiB more for each that is in hand.
constexpr std::size_t known_limit = 100'000;

} // namespace

void run_keys::keep_small() {
  if (known_.size() >= known_limit)
    forget();
}

known_run& run_keys::fresh(known_run& known) noexcept {
  if (known.look != look_) {
    known.last_event.reset();
    known.owned.reset();
    known.look = look_;
  }
  return known;
}

known_run* run_keys::find(const uuid& id) {
  if (last_ != nullptr && last_->first == id)
    return &fresh(last_->second);
  if (const auto found = known_.find(id); found != known_.end()) {
    last_ = &*found;
    return &fresh(found->second);
  }
  query key(*in_, "SELECT run_key FROM runs WHERE id = ?");
  if (!key.bind(id).next())
    return nullptr;
  keep_small();
  last_ = &*known_.try_emplace(id).first;
  auto& added = last_->second;
  added.key = key.integer();
  added.look = look_;
  return &added;
}

void run_keys::forget(const uuid& id) noexcept {
  last_ = nullptr;
  known_.erase(id);
}

known_run& run_keys::require_run(const uuid& id) {
  auto* const known = find(id);
  if (known == nullptr)
    throw error("not_found", fmt::format("there is no run {}", to_string(id)));
  return *known;
}

void run_keys::note_new(const uuid& id, std::int64_t key, const queue_columns& columns) {
  keep_small();
  last_ = &*known_.try_emplace(id).first;
  auto& known = last_->second;
  known.key = key;
  known.columns = columns;
  known.last_event = 0;
  known.look = look_;
}

} // namespace sluice
