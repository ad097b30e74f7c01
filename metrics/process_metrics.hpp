#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What the kernel says of a process. What could not be read is absent.
struct process_sample {
  /// User and system time; resolution 10 ms.
  std::optional<double> cpu_seconds;
  std::optional<double> resident_bytes;
  std::optional<double> virtual_bytes;
  std::optional<double> open_descriptors;
  /// Infinity when unlimited.
  std::optional<double> most_descriptors;
  /// Seconds since 1970 UTC.
  std::optional<double> start_time;
  std::optional<double> threads;
};

/// Reads the process's own numbers below `proc`, in a form that proc(5) describes. Never throws for a missing
/// file.
process_sample read_process(const std::string& proc = "/proc");

/// Returns the families `process_*` of `sample` as Prometheus text.
std::string render_process(const process_sample& sample);

/// Returns `sluice_build_info` as Prometheus text. `version` is that of `sluice --version`.
std::string render_build(std::string_view version);

} // namespace sluice
