#include "runtime/http/loopback.hpp"

#include "model/base/error.hpp"
#include "runtime/http/error_envelope.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>

namespace sluice {

namespace {

/// A host and a port as written; brackets removed.
struct authority_parts {
  std::string host;
  bool bracketed = false;
  std::optional<std::string> port;
};

std::optional<authority_parts> split(std::string_view text) {
  authority_parts parts;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos)
      return {};
    parts.bracketed = true;
    parts.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    parts.host = text.substr(0, end);
    text.remove_prefix(end);
  }
  if (text.starts_with(':'))
    parts.port = text.substr(1);
  else if (!text.empty())
    return {};
  return parts;
}

std::optional<std::uint16_t> parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, port);
  if (failure != std::errc{} || stop != end)
    return {};
  return port;
}

/// Returns a host name as it is compared: in lower case, without the final dot of a complete name.
std::string normal_name(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.ends_with('.'))
    name.pop_back();
  return name;
}

bool is_localhost(const std::string& host) {
  return normal_name(host) == "localhost";
}

/// Returns the address in `parts`: IPv6 in brackets, IPv4 without.
std::optional<boost::asio::ip::address> parse_ip(const authority_parts& parts) {
  boost::system::error_code failure;
  const auto address = boost::asio::ip::make_address(parts.host, failure);
  if (failure || address.is_v6() != parts.bracketed)
    return {};
  return address;
}

http_response foreign_host(const std::vector<std::string>& hosts, const std::string& name) {
  std::string known = "loopback names such as 127.0.0.1";
  for (const auto& host : hosts)
    known += ", " + host;
  return error_response(403, "foreign_host", "this server answers only to " + known, name);
}

[[noreturn]] void reject(const std::string& text, const std::string& why) {
  throw error("cannot_listen", "cannot listen on '" + text + "': " + why +
                                   "; write an address and a port, such as 127.0.0.1:9464 or [::1]:9464");
}

} // namespace

listen_address parse_listen_address(const std::string& text, listen_scope scope) {
  const auto parts = split(text);
  if (!parts || parts->host.empty() || !parts->port)
    reject(text, parts && !parts->port ? "the port is missing" : "this is no address with a port");
  const auto port = parse_port(*parts->port);
  if (!port)
    reject(text, "the port '" + *parts->port + "' is no number from 0 to 65535");
  if (!parts->bracketed && is_localhost(parts->host))
    return {"127.0.0.1", *port};
  const auto address = parse_ip(*parts);
  if (!address)
    reject(text, "'" + parts->host + "' is no IP address, and names are not looked up");
  if (scope == listen_scope::loopback && !address->is_loopback())
    throw error("not_loopback",
                "cannot listen on '" + text + "': '" + parts->host +
                    "' can be reached from other machines, and without a token only this one may look in; "
                    "use 127.0.0.1 or [::1], or set a token and use `sluice serve`");
  return {address->to_string(), *port};
}

bool is_loopback(const listen_address& address) {
  boost::system::error_code failure;
  return boost::asio::ip::make_address(address.host, failure).is_loopback() && !failure;
}

std::string to_string(const listen_address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

bool is_loopback_authority(std::string_view authority) {
  const auto parts = split(authority);
  if (!parts || (parts->port && !parts->port->empty() && !parse_port(*parts->port)))
    return false;
  if (!parts->bracketed && is_localhost(parts->host))
    return true;
  const auto address = parse_ip(*parts);
  return address && address->is_loopback();
}

bool is_listed_authority(std::string_view authority, const std::vector<std::string>& hosts) {
  const auto parts = split(authority);
  if (!parts || parts->host.empty())
    return false;
  const auto name = normal_name(parts->host);
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    const auto listed = split(host);
    return listed && listed->bracketed == parts->bracketed && normal_name(listed->host) == name &&
           (!listed->port || listed->port == parts->port);
  });
}

std::optional<http_response> refuse_foreign(const http_request& request,
                                            const std::vector<std::string>& hosts) {
  const auto ours = [&hosts](std::string_view authority) {
    return is_loopback_authority(authority) || is_listed_authority(authority, hosts);
  };
  const auto named = request.values("Host");
  if (named.size() > 1 || (named.empty() && !request.http_1_0))
    return error_response(400, "bad_request", "a request needs one Host field");
  // An empty Host names nobody, so it is not ours.
  const bool foreign_field = !named.empty() && !ours(named.front());
  if (foreign_field || (!request.target_host.empty() && !ours(request.target_host)))
    return foreign_host(hosts, foreign_field ? named.front() : request.target_host);
  for (const auto& origin : request.values("Origin")) {
    const auto scheme = origin.find("://");
    if (scheme == std::string::npos || !ours(std::string_view(origin).substr(scheme + 3)))
      return error_response(403, "foreign_origin", "web pages of other sites may not use this server",
                            origin);
  }
  return {};
}

} // namespace sluice
