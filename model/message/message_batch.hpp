#pragma once

#include "model/message/message.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace sluice {

/// Messages that travel together over one edge, in order, and at most one marker behind them. Buffers are
/// recycled: the consumer sends an emptied batch back with its credit.
struct message_batch {
  std::vector<message> messages;
  /// In order after `messages`: the end of the stream. Not counted.
  std::optional<message> marker;

  std::size_t size() const noexcept { return messages.size(); }
  bool empty() const noexcept { return messages.empty() && !marker; }
  void clear() noexcept {
    messages.clear();
    marker.reset();
  }
};

/// One owner at a time hands it on; shared_ptr because actor messages must be copyable.
using batch_pointer = std::shared_ptr<message_batch>;

} // namespace sluice
