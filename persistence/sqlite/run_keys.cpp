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
    known_.clear();
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
  const auto found = known_.find(id);
  if (found != known_.end())
    return &fresh(found->second);
  query key(*in_, "SELECT run_key FROM runs WHERE id = ?");
  if (!key.bind(id).next())
    return nullptr;
  keep_small();
  auto& added = known_[id];
  added.key = key.integer();
  added.look = look_;
  return &added;
}

known_run& run_keys::require_run(const uuid& id) {
  auto* const known = find(id);
  if (known == nullptr)
    throw error("not_found", fmt::format("there is no run {}", to_string(id)));
  return *known;
}

void run_keys::note_new(const uuid& id, std::int64_t key, const queue_columns& columns) {
  keep_small();
  auto& known = known_[id];
  known.key = key;
  known.columns = columns;
  known.last_event = 0;
  known.look = look_;
}

} // namespace sluice
