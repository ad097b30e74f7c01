#pragma once

#include <cstdint>
#include <string>

namespace sluice {

/// 128 bits that follow a message through a flow: the source that made it and its place in that source's
/// sequence. The zero value means "not given yet"; sequences start at 1.
struct trace_id {
  std::uint64_t source = 0;
  std::uint64_t sequence = 0;

  bool empty() const noexcept { return source == 0 && sequence == 0; }
  friend bool operator==(const trace_id&, const trace_id&) = default;
};

/// Returns 32 lower-case hexadecimal digits: source, then sequence.
std::string to_string(const trace_id& id);

} // namespace sluice
