#include "runtime/cli/terminal_use.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace sluice {

namespace {

/// /dev/null, /dev/zero, /dev/full, … (devices.txt of Linux): the only other devices that people write to as
/// files.
constexpr unsigned memory_devices = 1;

bool prints(const planned_node& one) {
  return one.type == "stdout" || (one.type == "exec" && !one.is_source());
}

bool names_terminal(const node_declaration& one) {
  if (one.inner)
    return std::any_of(one.inner->nodes.begin(), one.inner->nodes.end(), names_terminal);
  const auto* path = one.type == "file" ? one.given.find("path") : nullptr;
  return path != nullptr && is_terminal(path->text());
}

} // namespace

bool is_terminal(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISCHR(found.st_mode) && major(found.st_rdev) != memory_devices;
}

bool uses_terminal(const loaded_graph& graph, bool out_is_terminal) {
  const auto& planned = graph.plan->nodes();
  const auto& declared = graph.source->nodes;
  return (out_is_terminal && std::any_of(planned.begin(), planned.end(), prints)) ||
         std::any_of(declared.begin(), declared.end(), names_terminal);
}

} // namespace sluice
