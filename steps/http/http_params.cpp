#include "steps/http/http_params.hpp"

#include "model/message/json_writer.hpp"
#include "model/run/json_members.hpp"
#include "model/run/run_defaults.hpp"
#include "steps/http/web_address.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice {

namespace {

using detail::step_params;
using nlohmann::ordered_json;

constexpr std::chrono::milliseconds least_timeout{1};

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A token of RFC 9110, 5.6.2.
bool is_token(std::string_view text) noexcept {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
  });
}

void read_url(step_params& from, http_params& read) {
  constexpr std::string_view wanted = "a URL such as \"https://example.org/build\"";
  if (from.require("url", wanted) == nullptr || !from.read_text("url", read.url))
    return;
  if (const auto trouble = check_web_address(read.url, {"http", "https"}))
    from.report("url", fmt::format("expected {}: {}", wanted, *trouble));
}

void read_proxy(step_params& from, http_params& read) {
  if (!from.read_text("proxy", read.proxy) || read.proxy.empty())
    return;
  if (const auto trouble = check_web_address(read.proxy, {"http", "https", "socks5", "socks5h"}))
    from.report("proxy",
                fmt::format("expected a URL such as \"http://proxy.example.org:3128\": {}", *trouble));
}

void read_method(step_params& from, http_params& read) {
  if (!from.read_text("method", read.method))
    return;
  const bool upper =
      std::none_of(read.method.begin(), read.method.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_token(read.method) || !upper || read.method == "CONNECT")
    from.report_wanted("method", *from.find("method"), "a method such as \"POST\", in upper case");
}

void read_headers(step_params& from, http_params& read) {
  // They follow from the request, or would let a step pretend to be another.
  constexpr std::array<std::string_view, 4> ours = {"content-length", "transfer-encoding", "connection",
                                                    "sluice-fencing-token"};
  from.read_text_members("headers", "an object of names and their values", read.headers);
  for (const auto& header : read.headers) {
    const auto& name = header.first;
    const auto& value = header.second;
    const auto path = member_path(from.path_of("headers"), name);
    if (!is_token(name))
      from.report_at(path, "it cannot name a header: use letters, digits and -");
    else if (std::any_of(ours.begin(), ours.end(), [&](auto each) { return is_same_header(each, name); }))
      from.report_at(path, fmt::format("Sluice sets {} itself; leave it out", name));
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
      from.report_at(path, "a value cannot have a line end or a zero byte in it; leave it out");
  }
}

void read_body(step_params& from, http_params& read) {
  const auto* const body = from.find("body");
  if (body == nullptr || body->is_null())
    return;
  if (body->is_string()) {
    read.body = body->get<std::string>();
    read.content_type = "text/plain; charset=utf-8";
    return;
  }
  detail::write_json(read.body.emplace(), *body);
  read.content_type = "application/json";
}

std::optional<http_status_range> as_range(const ordered_json& value) {
  constexpr int least = 100;
  constexpr int most = 599;
  if (value.is_number_integer() && value >= least && value <= most)
    return http_status_range{value.get<int>(), value.get<int>()};
  if (!value.is_string())
    return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() != 3 || text[0] < '1' || text[0] > '5' || text.substr(1) != "xx")
    return std::nullopt;
  const int first = (text[0] - '0') * 100;
  return http_status_range{first, first + 99};
}

void read_expect(step_params& from, http_params& read) {
  constexpr std::string_view wanted = "a list of statuses, such as [\"2xx\", 404]";
  const auto* const list = from.find("expect");
  if (list == nullptr)
    return;
  if (!list->is_array() || list->empty())
    return from.report_wanted("expect", *list, wanted);
  read.expect.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& item = (*list)[i];
    if (from.is_open(item))
      continue;
    if (const auto range = as_range(item))
      read.expect.push_back(*range);
    else
      from.report_at(item_path(from.path_of("expect"), i),
                     fmt::format("expected a status from 100 to 599, or a class such as \"2xx\", found {}",
                                 detail::excerpt(item)));
  }
}

void read_follow(step_params& from, http_params& read) {
  constexpr std::array<std::string_view, 3> safe = {"GET", "HEAD", "POST"};
  if (!from.read_flag("follow_redirects", read.follow_redirects) || !read.follow_redirects)
    return;
  // What a 303 makes of other methods differs between clients; a DELETE sent elsewhere is no accident to
  // risk.
  if (from.find("method") != nullptr && std::find(safe.begin(), safe.end(), read.method) == safe.end())
    from.report("follow_redirects",
                fmt::format("redirects are followed for GET, HEAD and POST, not for {}", read.method));
}

} // namespace

bool is_same_header(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char one, char other) { return lower(one) == lower(other); });
}

bool expects(const http_params& params, int status) noexcept {
  return std::any_of(params.expect.begin(), params.expect.end(), [&](const http_status_range& range) {
    return range.first <= status && status <= range.last;
  });
}

http_params read_http_params(const json& params, const std::string& path, detail::references stage,
                             findings& out) {
  http_params read;
  step_params from(
      params, path,
      {"url", "method", "headers", "body", "expect", "timeout", "follow_redirects", "output_limit", "proxy"},
      stage, out);
  read_url(from, read);
  read_method(from, read);
  read_headers(from, read);
  read_body(from, read);
  read_expect(from, read);
  if (from.read_duration("timeout", defaults::step_timeout_limit, read.timeout) &&
      read.timeout < least_timeout)
    from.report("timeout", "0 leaves no time for an answer; use at least 1ms");
  read_follow(from, read);
  from.read_size("output_limit", http_output_limit, read.output_limit);
  read_proxy(from, read);
  return read;
}

} // namespace sluice
