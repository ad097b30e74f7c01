#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every tunable of the dataflow core, in one place, with its unit and the reason for its value.
namespace sluice::defaults {

/// Longest name of a node, port, step or lane, in characters.
inline constexpr std::size_t name_length = 128;

/// Messages an edge holds unless told otherwise.
inline constexpr std::size_t edge_capacity = 1024;

/// Largest capacity an edge accepts, in messages: above it the queue alone would take over 64 GiB.
inline constexpr std::size_t edge_capacity_limit = std::size_t{1} << 30;

/// Places of an edge's control lane, in messages. Outside capacity and accounting.
inline constexpr std::size_t control_places = 64;

/// Most messages in one batch. 256 messages of 64 bytes fill half of a 32 KiB first-level cache.
inline constexpr std::size_t batch_messages = 256;

/// Messages in flight from a producer to a lossy edge: the edge answers as soon as its policy has seen them.
inline constexpr std::size_t lossy_window = 256;

/// Messages a lossy edge hands to its consumer at a time, so that what waits, waits where the policy sees it.
inline constexpr std::size_t lossy_prefetch = 1;

/// Share of service of the bands urgent, high and normal at a node's inputs.
inline constexpr unsigned urgent_weight = 4;
inline constexpr unsigned high_weight = 2;
inline constexpr unsigned normal_weight = 1;

/// Longest time a node works before it lets control messages and other actors in.
inline constexpr std::chrono::nanoseconds slice = std::chrono::microseconds{500};

/// A handler that takes longer is counted as a stall and logged.
inline constexpr std::chrono::nanoseconds stall = std::chrono::milliseconds{100};

/// Time a stopping flow gets to empty its edges.
inline constexpr std::chrono::nanoseconds drain_timeout = std::chrono::seconds{30};

/// Time an aborted flow gets before stuck handlers are left behind.
inline constexpr std::chrono::nanoseconds abort_timeout = std::chrono::seconds{2};

/// Longest a blocking source waits for input in one call: it bounds how late it sees a stop or a control
/// message.
inline constexpr std::chrono::milliseconds source_wait{20};

/// Longest line a source accepts, in bytes.
inline constexpr std::size_t line_limit = std::size_t{1} << 20;

/// Deepest nesting of a JSON document.
inline constexpr std::size_t json_depth = 128;

/// Restarts of a node with `on_error: restart` before its flow fails, and the first and longest pause between
/// them.
inline constexpr unsigned restart_limit = 5;
inline constexpr std::chrono::nanoseconds restart_backoff = std::chrono::milliseconds{100};
inline constexpr std::chrono::nanoseconds restart_backoff_limit = std::chrono::seconds{10};

/// A node that has worked this long since its last restart has its restarts back.
inline constexpr std::chrono::nanoseconds restart_memory = std::chrono::minutes{1};

/// First and longest pause of a source after a `produce` that threw.
inline constexpr std::chrono::nanoseconds produce_pause = std::chrono::milliseconds{1};
inline constexpr std::chrono::nanoseconds produce_pause_limit = std::chrono::seconds{1};

/// Messages an actor handles before its worker turns to another; CAF-internal unit. Between 8 and 50 bounds
/// the tail of control latency; at 6 or less a flood of urgent messages starves normal ones.
inline constexpr std::size_t scheduler_throughput = 16;

} // namespace sluice::defaults
