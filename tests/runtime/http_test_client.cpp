#include "tests/runtime/http_test_client.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace sluice::testing {

namespace {

void check(bool worked, const char* what) {
  if (!worked)
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

int open_connection(std::uint16_t port, bool v6) {
  const int descriptor = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(descriptor >= 0, "socket");
  const timeval patience{30, 0};
  check(::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "setsockopt");
  int result = 0;
  if (v6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    to.sin6_addr = in6addr_loopback;
    result = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    result = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  if (result != 0) {
    ::close(descriptor);
    check(false, "connect");
  }
  return descriptor;
}

} // namespace

http_test_client::http_test_client(std::uint16_t port, bool v6) : descriptor_(open_connection(port, v6)) {}

http_test_client::~http_test_client() {
  ::close(descriptor_);
}

void http_test_client::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void http_test_client::finish() {
  ::shutdown(descriptor_, SHUT_WR);
}

bool http_test_client::fill() {
  char chunk[16384];
  const auto size = ::recv(descriptor_, chunk, sizeof chunk, 0);
  if (size < 0 && errno == ECONNRESET)
    return false;
  check(size >= 0, "recv");
  received_.append(chunk, static_cast<std::size_t>(size));
  return size > 0;
}

std::string http_test_client::receive(bool with_body) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      return {};
  end += 4;
  if (with_body) {
    const auto length = field_of(received_, "Content-Length");
    end += length.empty() ? 0 : std::stoul(length);
  }
  while (received_.size() < end && fill())
    continue;
  const auto response = received_.substr(0, end);
  received_.erase(0, end);
  return response;
}

std::string http_test_client::receive_bytes(std::size_t size) {
  while (received_.size() < size && fill())
    continue;
  const auto bytes = received_.substr(0, size);
  received_.erase(0, size);
  return bytes;
}

std::string http_test_client::receive_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = received_.find(end)) == std::string::npos && fill())
    continue;
  return receive_bytes(at == std::string::npos ? received_.size() : at + end.size());
}

std::string http_test_client::receive_rest() {
  while (fill())
    continue;
  std::string rest;
  rest.swap(received_);
  return rest;
}

std::string http_test_client::get(const std::string& path) {
  send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return receive();
}

int status_of(const std::string& response) {
  return response.compare(0, 7, "HTTP/1.") == 0 ? std::stoi(response.substr(9, 3)) : 0;
}

std::string field_of(const std::string& response, const std::string& name) {
  const auto header = response.substr(0, response.find("\r\n\r\n") + 2);
  const auto start = header.find("\r\n" + name + ": ");
  if (start == std::string::npos)
    return {};
  const auto value = start + name.size() + 4;
  return header.substr(value, header.find("\r\n", value) - value);
}

std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : response.substr(end + 4);
}

} // namespace sluice::testing
