#pragma once

#include "persistence/store/run_store.hpp"

#include <string>

namespace sluice {

/// Returns what is wrong with `lane` or `env/lane`, or an empty string.
std::string lane_complaint(const std::string& text);

/// Returns the queue that `lane` (of the env `default`) or `env/lane` names. Throws `error("bad_lane")`.
lane_queue parse_lane(const std::string& text);

/// Returns `env/lane`.
std::string to_string(const lane_queue& lane);

} // namespace sluice
