#pragma once

#include "model/config/finding.hpp"
#include "model/run/step_progress.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace sluice::detail {

/// Each returns how an attempt ended.
attempt_outcome succeeded(json result);
attempt_outcome failed(std::string code, std::string text, bool retryable);
attempt_outcome cancelled(std::string text);
/// It was broken off because the owner's lease ran out (`lease_expired`): no failure of the step's, so its
/// budget is not touched.
attempt_outcome expired(std::string text);
/// The failure `bad_params`: what was put in for references does not fit. Names all findings; no retry.
attempt_outcome refused(const findings& found);

/// Returns what `make` makes for `limit` bytes of output, or for a half, a quarter… of them, so that the
/// result fits into `defaults::step_result_bytes`: a step must not fail after it has done its work because
/// it was talkative.
json fitting_result(std::size_t limit, const std::function<json(std::size_t limit)>& make);

} // namespace sluice::detail
