#pragma once

#include "tests/support/store_scene.hpp"

#include <cstdint>

namespace sluice {

/// Returns a row of the usual lane that is due now.
inline run_row row_of(uuid_maker& ids, utc_time now, run_status status = run_status::queued,
                      std::int32_t priority = 0) {
  run_row row;
  row.id = ids.make(now);
  row.env = "default";
  row.lane = "default";
  row.status = status;
  row.priority = priority;
  row.available_at = now;
  row.created_at = now;
  row.updated_at = now;
  return row;
}

/// Inserts a row as it is and returns it.
template <class Backend>
run_row insert(store_scene<Backend>& scene, run_row row) {
  scene.commit([&] {
    scene.in().runs().insert(row, {"{}", "null"});
    return 0;
  });
  return row;
}

} // namespace sluice
