#include "tests/steps/http_test_server.hpp"

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

std::string http_response(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Some Words\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

http_test_server::http_test_server(responder answer) : answer_(std::move(answer)) {
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

http_test_server::~http_test_server() {
  const std::uint64_t once = 1;
  (void)!::write(stop_, &once, sizeof once);
  thread_.join();
  ::close(listening_);
  ::close(stop_);
}

std::vector<std::string> http_test_server::requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

bool http_test_server::await(int descriptor) const {
  std::array<pollfd, 2> entries{{{descriptor, POLLIN, 0}, {stop_, POLLIN, 0}}};
  (void)::poll(entries.data(), entries.size(), -1);
  return entries[1].revents == 0;
}

void http_test_server::serve() {
  while (await(listening_)) {
    const int connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0)
      continue;
    talk(connection);
    ::close(connection);
  }
}

void http_test_server::talk(int connection) {
  std::string received;
  while (await(connection)) {
    std::array<char, 16384> bytes;
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
    if (const auto response = answer_(received))
      (void)!::send(connection, response->data(), response->size(), MSG_NOSIGNAL);
    else
      continue;
    received.clear();
  }
}

} // namespace sluice
