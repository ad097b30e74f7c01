#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every tunable of durable runs, in one place, with its unit and the reason for its value.
namespace sluice::defaults {

/// Attempts at one step that may be lost in a row before its run fails with `crash_loop`.
inline constexpr unsigned crash_loop_attempts = 10;

/// Steps of one run that are under way at a time.
inline constexpr std::size_t parallel_steps = 4;
/// Runs that a worker has in hand at a time.
inline constexpr std::size_t parallel_runs = 64;

/// Time a cancelled step gets before it is killed.
inline constexpr std::chrono::milliseconds step_grace{10'000};

/// Retry of a step: the first pause, the longest, and the share of a pause that chance may take off, so that
/// steps which failed together do not come back together.
inline constexpr std::chrono::milliseconds retry_delay{1'000};
inline constexpr std::chrono::milliseconds retry_delay_limit{60'000};
inline constexpr double retry_jitter = 0.2;
/// Most attempts that a step may ask for.
inline constexpr unsigned retry_attempts_limit = 1'000;

/// A worker keeps a run in hand whose next attempt is due within this time.
inline constexpr std::chrono::milliseconds retry_patience{2'000};

/// Largest step graph: bytes of its JSON text, steps, and bytes of one step's params.
inline constexpr std::size_t step_graph_bytes = std::size_t{1} << 20;
inline constexpr std::size_t step_graph_steps = 1'000;
inline constexpr std::size_t step_params_bytes = std::size_t{256} << 10;
/// Largest result of a step: bytes of its compact JSON text. Results stand in the database and in events.
inline constexpr std::size_t step_result_bytes = std::size_t{1} << 20;
/// Time after the end of its grace period at which an attempt that goes on all the same is given up.
inline constexpr std::chrono::milliseconds step_stuck_after{5'000};
/// Log lines and reports of progress of one run are written together after this time; at most so many.
inline constexpr std::chrono::milliseconds step_log_pause{100};
inline constexpr std::size_t step_log_lines = 200;
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

/// Requests that are written in one transaction. More would make the first of them wait longer than its
/// commit takes, and gain little: at 1,000 the rows cost more than the commit.
inline constexpr std::size_t store_group = 1'000;
/// The log is shortened when nothing was written for this time and it is longer than so many pages of 4 KiB.
inline constexpr std::chrono::milliseconds store_idle_pause{50};
inline constexpr std::uint32_t store_idle_log_pages = 1'000;

/// Longest wait for those who write to the same file; then `store_locked`.
inline constexpr std::chrono::milliseconds store_lock_wait{10'000};

/// Pause between two looks for what other processes have written, and after a look that failed.
inline constexpr std::chrono::milliseconds watch_pause{20};
inline constexpr std::chrono::milliseconds watch_retry_pause{250};

/// Events that are read from the store at a time, that wait for an answer of one subscriber (one who is
/// slower reads again from the store), and that are kept to serve subscribers without it.
inline constexpr std::size_t event_page = 1'000;
inline constexpr std::size_t event_outstanding = 4'096;
inline constexpr std::size_t event_window = 8'192;
/// Pause after a page of events that could not be read.
inline constexpr std::chrono::milliseconds event_retry_pause{250};

/// Ageing out: pause between two sweeps, pause between two transactions of one sweep, in which others write,
/// and rows that one of them removes: some 10 ms of the writer's time.
inline constexpr std::chrono::milliseconds janitor_pause{60'000};
inline constexpr std::chrono::milliseconds janitor_breath{100};
inline constexpr std::size_t janitor_rows = 1'000;

} // namespace sluice::defaults
