#pragma once

#include "steps/owned_descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// What a worker and its guard say to each other. Each is a word and perhaps a number: `stop 5000`.
enum class guard_word : std::uint8_t {
  // From the worker:
  deadline, ///< you have until this moment of CLOCK_BOOTTIME, in ns
  stop,     ///< end the command within so many milliseconds
  // From the guard:
  ready,        ///< it is one
  waiting,      ///< another attempt is not quite gone yet
  exited,       ///< the command ended with this status
  signalled,    ///< the command was ended by this signal
  stopped,      ///< it was ended, or not begun, because of `stop`
  expired,      ///< it was ended, or not begun, because the deadline passed
  cannot_lock,  ///< the lock file cannot be used: errno
  cannot_enter, ///< the working directory cannot be entered: errno
  cannot_run,   ///< the program cannot be executed: errno
  cannot_begin, ///< there is no process to be had: errno
};

struct guard_message {
  guard_word word = guard_word::ready;
  std::int64_t number = 0;

  friend bool operator==(const guard_message&, const guard_message&) = default;
};

std::string to_string(const guard_message& message);
std::optional<guard_message> parse_guard_message(std::string_view text);

/// One end of the socket between a worker and its guard. Keeps messages apart; the end of either process is
/// the end of the channel for the other. Never blocks, never raises SIGPIPE. Thread: one.
class guard_channel {
public:
  explicit guard_channel(owned_descriptor socket) : socket_(std::move(socket)) {}

  int descriptor() const noexcept { return socket_.get(); }
  /// Returns false when it could not be sent: the other side is gone, or has not read for a long time.
  bool send(const guard_message& message);
  /// Returns the next message that is there. Messages that are not understood are passed over.
  std::optional<guard_message> receive();
  /// True once `receive` has found that the other side is gone and has left no more messages.
  bool ended() const noexcept { return ended_; }
  /// Tells the other side that this one is gone.
  void close() noexcept {
    socket_.close();
    ended_ = true;
  }

private:
  owned_descriptor socket_;
  bool reset_ = false; ///< it has been said that the other side left something unread
  bool ended_ = false;
};

/// Returns the two ends of a new channel, close-on-exec. Throws `error("no_descriptors")`.
std::pair<owned_descriptor, owned_descriptor> make_guard_sockets();

} // namespace sluice
