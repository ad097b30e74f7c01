#pragma once

#include "model/base/uuid.hpp"
#include "model/message/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A step that is about to begin.
struct step_policy_question {
  uuid run;
  std::string_view env;
  std::string_view lane;
  std::string_view job_type;
  std::string_view step;
  std::string_view kind;
  /// With references replaced.
  const json& params;
  std::uint32_t attempt = 0;
};

/// Returns why a step may not begin, or nothing. A refused step blocks its run, with the reason, until
/// somebody resumes it. Called on a thread of the runtime; must return soon. One that throws has refused.
using step_policy = std::function<std::optional<std::string>(const step_policy_question& question)>;

} // namespace sluice
