#include "model/base/trace_id.hpp"

#include <fmt/format.h>

namespace sluice {

std::string to_string(const trace_id& id) {
  return fmt::format("{:016x}{:016x}", id.source, id.sequence);
}

} // namespace sluice
