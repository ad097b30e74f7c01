#pragma once

#include "steps/builtin_steps.hpp"
#include "tests/support/matchers.hpp"

#include <nlohmann/json_fwd.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The built-in kinds, and attempts at them.
struct step_scene {
  step_registry steps;
  attempt_token token;
  step_signal signal;
  std::filesystem::path attempt_locks = {};
  std::vector<std::string> log;
  std::mutex log_mutex;
  std::condition_variable logged;

  step_scene();

  attempt_outcome run(const std::string& kind, const nlohmann::ordered_json& params);
  /// The same on another thread.
  std::future<attempt_outcome> begin(const std::string& kind, const nlohmann::ordered_json& params);
  /// Waits for a line of an attempt under way; throws after a minute.
  void await_log(const std::string& line);
  /// Returns what is wrong with params when they are submitted, `PATH: TEXT` each.
  std::vector<std::string> mistakes(const std::string& kind, std::string_view params) const;
  /// Returns the one mistake, or all of them in one line.
  std::string mistake(const std::string& kind, std::string_view params) const;
};

} // namespace sluice
