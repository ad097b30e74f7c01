#include "persistence/owners/process_identity.hpp"

#include "model/base/error.hpp"
#include "persistence/owners/host_clock.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace sluice {

namespace {

/// Parts of `/proc/PID/stat` (proc(5)).
struct process_stat {
  std::int64_t pid = 0;
  char state = 'X';
  /// Clock ticks since boot.
  std::uint64_t start_time = 0;
};

std::optional<process_stat> read_stat(const std::string& process) {
  std::ifstream file("/proc/" + process + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  // Field 2 is the program's name in brackets, which may itself have blanks and brackets.
  const auto name_end = text.rfind(')');
  if (name_end == text.npos)
    return std::nullopt;
  process_stat stat;
  std::istringstream(text) >> stat.pid;
  std::istringstream fields(text.substr(name_end + 1));
  fields >> stat.state;
  constexpr int first_skipped = 4;
  constexpr int start_time_field = 22;
  std::string skipped;
  for (int field = first_skipped; field < start_time_field; ++field)
    fields >> skipped;
  return fields >> stat.start_time ? std::optional(stat) : std::nullopt;
}

} // namespace

lease_owner make_owner(const random_source& random) {
  // The pid in the namespace of /proc, where `process_lives` looks.
  const auto self = read_stat("self");
  if (!self)
    throw error("host_unsupported",
                "cannot read /proc/self/stat, by which owners of leases are known; mount /proc");
  return {host_boot_id(), self->pid, self->start_time, random()};
}

bool process_lives(const lease_owner& owner) {
  if (owner.boot_id != host_boot_id())
    return false;
  const auto stat = read_stat(fmt::format("{}", owner.pid));
  const bool is_over = !stat || stat->state == 'Z' || stat->state == 'X';
  return !is_over && stat->start_time == owner.start_time;
}

} // namespace sluice
