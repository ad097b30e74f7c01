#pragma once

#include "tests/support/matchers.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>

namespace sluice {

/// Returns the text of what reading `text` throws, which has to be `bad_answer`.
std::string complaint(const std::function<void(const nlohmann::ordered_json&)>& read,
                      const std::string& text);

} // namespace sluice
