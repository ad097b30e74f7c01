#pragma once

namespace sluice {

/// A place at which tests let the process die, to see what a crash there leaves behind. Does nothing, and
/// costs nothing, unless the translation unit is compiled with SLUICE_FAULT_POINTS, as tests/faults does with
/// the sources that it tests; the rest is in tests/faults/armed. Names are words joined by dots: what is
/// done, then how far it is, e.g. `claim.written`. Any thread.
#ifdef SLUICE_FAULT_POINTS
// Of another name to the linker, so that no translation unit without the points lends its empty function.
inline namespace armed {
void fault_point(const char* name) noexcept;
/// Whether a process that is started with little of the environment is to know of its faults.
inline constexpr bool has_fault_points = true;
} // namespace armed
#else
inline void fault_point(const char*) noexcept {}
inline constexpr bool has_fault_points = false;
#endif

} // namespace sluice
