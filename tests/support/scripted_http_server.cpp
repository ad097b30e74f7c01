#include "tests/support/scripted_http_server.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice {

namespace {

/// Returns how many bytes the request in `text` has, or 0 while its head is not complete.
std::size_t request_size(const std::string& text) {
  const auto head = text.find("\r\n\r\n");
  if (head == text.npos)
    return 0;
  const auto length = text.find("\r\nContent-Length: ");
  return head + 4 + (length < head ? std::stoul(text.substr(length + 18)) : 0);
}

} // namespace

scripted_answer json_answer(int status, const std::string& body) {
  return {"HTTP/1.1 " + std::to_string(status) +
          " Some Words\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body};
}

scripted_answer stream_answer(const std::string& events, bool stays_open) {
  return {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n" + events,
          stays_open};
}

scripted_answer no_answer() {
  return {};
}

scripted_http_server::scripted_http_server(responder answer) : answer_(std::move(answer)) {
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, plain, size) != 0 || ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, plain, &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

scripted_http_server::~scripted_http_server() {
  const std::uint64_t once = 1;
  (void)!::write(stop_, &once, sizeof once);
  thread_.join();
  ::close(listening_);
  ::close(stop_);
}

std::vector<std::string> scripted_http_server::requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

bool scripted_http_server::await(int descriptor) const {
  std::array<pollfd, 2> entries{{{descriptor, POLLIN, 0}, {stop_, POLLIN, 0}}};
  (void)::poll(entries.data(), entries.size(), -1);
  return entries[1].revents == 0;
}

void scripted_http_server::serve() {
  while (await(listening_)) {
    const int connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0)
      continue;
    talk(connection);
    ::close(connection);
  }
}

void scripted_http_server::talk(int connection) {
  std::string received;
  std::array<char, 16384> bytes;
  while (await(connection)) {
    const auto size = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (size <= 0)
      return;
    received.append(bytes.data(), static_cast<std::size_t>(size));
    const auto whole = request_size(received);
    if (whole == 0 || received.size() < whole)
      continue;
    {
      const std::lock_guard guard(mutex_);
      requests_.push_back(received);
    }
    const auto answer = answer_(received);
    (void)!::send(connection, answer.text.data(), answer.text.size(), MSG_NOSIGNAL);
    if (!answer.stays_open)
      return;
    received.clear();
  }
}

} // namespace sluice
