#include "model/message/json.hpp"

#include <nlohmann/json.hpp>

namespace sluice {
} // namespace sluice
