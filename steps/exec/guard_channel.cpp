#include "steps/exec/guard_channel.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <sys/socket.h>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 12> words = {
    "deadline", "stop",    "ready",       "waiting",      "exited",     "signalled",
    "stopped",  "expired", "cannot_lock", "cannot_enter", "cannot_run", "cannot_begin"};
static_assert(words.size() == static_cast<std::size_t>(guard_word::cannot_begin) + 1);

} // namespace

std::string to_string(const guard_message& message) {
  return std::string(words[static_cast<std::size_t>(message.word)]) + ' ' + std::to_string(message.number);
}

std::optional<guard_message> parse_guard_message(std::string_view text) {
  const auto space = text.find(' ');
  if (space == text.npos)
    return std::nullopt;
  const auto number = text.substr(space + 1);
  guard_message message;
  const auto [stopped, failure] =
      std::from_chars(number.data(), number.data() + number.size(), message.number);
  if (failure != std::errc{} || stopped != number.data() + number.size())
    return std::nullopt;
  for (std::size_t word = 0; word < words.size(); ++word)
    if (words[word] == text.substr(0, space)) {
      message.word = static_cast<guard_word>(word);
      return message;
    }
  return std::nullopt;
}

bool guard_channel::send(const guard_message& message) {
  const auto text = to_string(message);
  return ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(text.size());
}

std::optional<guard_message> guard_channel::receive() {
  std::array<char, 128> bytes;
  while (!ended_) {
    const auto size = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EINTR)
      continue;
    // The other side went away and left something of ours unread. Linux says so once, before what it said
    // last; a system that says it last says it again and again.
    if (size < 0 && errno == ECONNRESET && !std::exchange(reset_, true))
      continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return std::nullopt;
    if (size <= 0) {
      ended_ = true;
      return std::nullopt;
    }
    if (auto message = parse_guard_message({bytes.data(), static_cast<std::size_t>(size)}))
      return message;
  }
  return std::nullopt;
}

std::pair<owned_descriptor, owned_descriptor> make_guard_sockets() {
  int ends[2] = {-1, -1};
  const int made = ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
  auto first = require_descriptor(made == 0 ? ends[0] : -1, "a channel to the guard");
  auto second = owned_descriptor(ends[1]);
  return {lifted(std::move(first)), lifted(std::move(second))};
}

} // namespace sluice
