#pragma once

#include "model/run/tick_rules.hpp"
#include "persistence/store/lane_queue.hpp"

#include <string_view>
#include <vector>

namespace sluice {

/// One row of `lanes`.
struct lane_row {
  lane_queue lane;
  lane_settings settings = {};
  /// The day and its ticks; `concurrent_runs` is counted elsewhere and left at 0.
  lane_usage usage = {};
};

/// The table `lanes`. A lane without a row has the usual settings and has used nothing. All calls are inside
/// a transaction.
class lane_store {
public:
  virtual lane_row find(std::string_view env, std::string_view lane) = 0;
  /// Returns the lanes that have a row, by env and lane.
  virtual std::vector<lane_row> list() = 0;
  /// Each writes its part of the row and leaves the other alone.
  virtual void set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) = 0;
  virtual void set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) = 0;

  lane_settings settings(std::string_view env, std::string_view lane) { return find(env, lane).settings; }
  lane_usage usage(std::string_view env, std::string_view lane) { return find(env, lane).usage; }

protected:
  ~lane_store() = default;
};

} // namespace sluice
