#pragma once

#include "model/base/defaults.hpp"
#include "model/message/message.hpp"

#include <chrono>
#include <cstdint>

#include "bench/support/chain.hpp"

namespace sluice::bench {

/// Messages that travel together in the rivals that have batches: as many as in ours.
inline constexpr std::size_t rival_batch = defaults::batch_messages;
/// Messages that wait between two stages at most: as many as on our edges.
inline constexpr std::size_t rival_capacity = defaults::edge_capacity;

/// Makes the messages that a source of ours would: numbers around which there is a trace id and the time,
/// which is read once per batch.
template <class Payload>
class message_maker {
public:
  message operator()() {
    if (next_ % rival_batch == 0)
      time_ = std::chrono::system_clock::now().time_since_epoch();
    message made{Payload(next_)};
    made.set_trace({1, ++next_});
    made.set_timestamp(time_);
    return made;
  }

private:
  std::uint64_t next_ = 0;
  std::chrono::nanoseconds time_{0};
};

/// Does what a sink of ours does with one message.
template <class Payload>
void add_up(tally& seen, const message& in) {
  seen.sum += in.get<Payload>().number();
  ++seen.count;
}

} // namespace sluice::bench
