#include "persistence/sqlite/run_keys.hpp"

#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

/// Runs in flight, with room; about 100 bytes each.
constexpr std::size_t known_limit = 100'000;

} // namespace

void run_keys::keep_small() {
  if (known_.size() >= known_limit)
    known_.clear();
}

known_run* run_keys::find(const uuid& id) {
  const auto found = known_.find(id);
  if (found != known_.end())
    return &found->second;
  query key(*in_, "SELECT run_key FROM runs WHERE id = ?");
  if (!key.bind(id).next())
    return nullptr;
  keep_small();
  return &known_.emplace(id, known_run{key.integer()}).first->second;
}

std::int64_t run_keys::require(const uuid& id) {
  const auto* known = find(id);
  if (known == nullptr)
    throw error("not_found", fmt::format("there is no run {}", to_string(id)));
  return known->key;
}

void run_keys::note(const uuid& id, std::int64_t key, const queue_columns& columns) {
  keep_small();
  known_[id] = {key, columns};
}

} // namespace sluice
