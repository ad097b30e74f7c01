#pragma once

#include "model/run/tick_rules.hpp"

#include <string_view>

namespace sluice {

/// The table `lanes`. A lane without a row has the usual settings. All calls are inside a transaction.
class lane_store {
public:
  virtual lane_settings settings(std::string_view env, std::string_view lane) = 0;
  virtual void set_settings(std::string_view env, std::string_view lane, const lane_settings& settings) = 0;
  /// Returns the day and its ticks; `concurrent_runs` is counted elsewhere and left at 0.
  virtual lane_usage usage(std::string_view env, std::string_view lane) = 0;
  virtual void set_usage(std::string_view env, std::string_view lane, const lane_usage& usage) = 0;

protected:
  ~lane_store() = default;
};

} // namespace sluice
