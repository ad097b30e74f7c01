#pragma once

#include "runtime/http/http_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What waits between those who send to a stream, on any thread, and the connection that writes it. Pieces go
/// out in the order in which they came in.
class stream_queue final : public http_stream {
public:
  /// How to end a stream.
  struct ending {
    std::uint16_t code = 1000;
    std::string reason;
  };
  /// What to write next. With an ending, nothing comes after it.
  struct batch {
    std::vector<std::string> pieces;
    std::optional<ending> end;
  };

  /// @param limit bytes that may wait: `send` refuses when there are more.
  /// @param wake called, on any thread and without a lock, when there is something to `take` after a `take`
  ///             that found nothing.
  stream_queue(std::size_t limit, std::function<void()> wake);

  bool send(std::string piece) override;
  void close(std::string last, std::uint16_t code, std::string reason) override;
  std::size_t waiting() const override;

  /// Returns pieces of about `bytes`, at least one if there is any. They count as waiting until `written`.
  batch take(std::size_t bytes);
  void written(std::size_t bytes);
  /// The client is gone: nothing is taken any more, and what waits is forgotten.
  void end();

private:
  const std::size_t limit_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::deque<std::string> pieces_;
  std::optional<ending> ending_;
  std::size_t waiting_ = 0;
  bool awake_ = false;
  bool over_ = false;
};

} // namespace sluice
