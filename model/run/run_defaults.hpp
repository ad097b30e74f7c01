#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every tunable of durable runs, in one place, with its unit and the reason for its value.
namespace sluice::defaults {

/// Attempts at one step that may be lost in a row before its run fails with `crash_loop`.
inline constexpr unsigned crash_loop_attempts = 10;

/// Steps of one run that are under way at a time.
inline constexpr unsigned parallel_steps = 4;

/// Time a cancelled step gets before it is killed.
inline constexpr std::chrono::milliseconds step_grace{10'000};

/// Retry of a step: the first pause, the longest, and the share of a pause that chance may take off, so that
/// steps which failed together do not come back together.
inline constexpr std::chrono::milliseconds retry_delay{1'000};
inline constexpr std::chrono::milliseconds retry_delay_limit{60'000};
inline constexpr double retry_jitter = 0.2;
/// Most attempts that a step may ask for.
inline constexpr unsigned retry_attempts_limit = 1'000;

/// Largest step graph: bytes of its JSON text, steps, and bytes of one step's params.
inline constexpr std::size_t step_graph_bytes = std::size_t{1} << 20;
inline constexpr std::size_t step_graph_steps = 1'000;
inline constexpr std::size_t step_params_bytes = std::size_t{256} << 10;
/// Longest time limit of one attempt.
inline constexpr std::chrono::hours step_timeout_limit{24 * 30};

/// Time a lease lives without renewal. A stopped owner's runs wait this long.
inline constexpr std::chrono::milliseconds lease_ttl{15'000};
/// Shorter leases would spend most of their time in the safety margin.
inline constexpr std::chrono::milliseconds lease_ttl_minimum{500};
inline constexpr std::chrono::milliseconds lease_ttl_limit{3'600'000};
/// Least time an owner stops acting before its lease ends, for a write that is under way.
inline constexpr std::chrono::milliseconds lease_margin{200};

/// Longest idempotency key, in bytes.
inline constexpr std::size_t idempotency_key_length = 255;

} // namespace sluice::defaults
