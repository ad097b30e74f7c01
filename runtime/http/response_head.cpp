#include "runtime/http/response_head.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool has_field(const http_response& answer, std::string_view name) {
  return std::any_of(answer.fields.begin(), answer.fields.end(),
                     [&](const auto& field) { return same_name(field.first, name); });
}

/// The session's business: a handler's own would contradict it.
bool is_framing(std::string_view name) {
  constexpr std::array<std::string_view, 5> ours = {"Content-Length", "Transfer-Encoding", "Connection",
                                                    "Date", "X-Request-Id"};
  return std::any_of(ours.begin(), ours.end(), [&](std::string_view one) { return same_name(one, name); });
}

/// Control characters would end the field and begin another (response splitting).
void append_safe(std::string& head, std::string_view value) {
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= ' ' || c == '\t')
      head += c;
}

void append(std::string& head, std::string_view name, std::string_view value) {
  append_safe(head, name);
  head += ": ";
  append_safe(head, value);
  head += "\r\n";
}

/// Appends a field unless the handler has given its own.
void append_default(std::string& head, const http_response& answer, std::string_view name,
                    std::string_view value) {
  if (!value.empty() && (answer.fields.empty() || !has_field(answer, name)))
    append(head, name, value);
}

void append_status(std::string& head, unsigned status) {
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
  head += "HTTP/1.1 ";
  head += std::to_string(status);
  head += ' ';
  head.append(reason.data(), reason.size());
  head += "\r\n";
}

void append_framing(std::string& head, const http_response& answer, const response_frame& frame) {
  if (frame.endless) {
    if (!frame.http_1_0)
      head += "Transfer-Encoding: chunked\r\n";
  } else if (!is_without_body(answer.status)) {
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  if (!frame.keep_alive)
    head += "Connection: close\r\n";
  else if (frame.http_1_0)
    head += "Connection: keep-alive\r\n";
}

} // namespace

bool is_without_body(unsigned status) {
  return status < 200 || status == 204 || status == 304;
}

std::string response_head(const http_response& answer, const response_frame& frame) {
  std::string head;
  head.reserve(320);
  append_status(head, answer.status);
  append(head, "Date", frame.date);
  append_default(head, answer, "Server", "sluice");
  append_default(head, answer, "Content-Type", answer.content_type);
  append_default(head, answer, "Cache-Control", "no-store");
  append_default(head, answer, "X-Content-Type-Options", "nosniff");
  if (frame.endless)
    // A proxy that gathers events before it passes them on makes them late.
    append_default(head, answer, "X-Accel-Buffering", "no");
  append(head, "X-Request-Id", frame.request_id);
  for (const auto& [name, value] : answer.fields)
    if (!is_framing(name))
      append(head, name, value);
  append_framing(head, answer, frame);
  head += "\r\n";
  return head;
}

std::string_view http_date::at(std::time_t now) {
  if (now != made_) {
    made_ = now;
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // Not by the locale, which a host program may have changed.
    text_ = std::string(days.at(static_cast<std::size_t>(utc.tm_wday)));
    std::array<char, 32> rest{};
    std::strftime(rest.data(), rest.size(), ", %d ", &utc);
    text_ += rest.data();
    text_ += months.at(static_cast<std::size_t>(utc.tm_mon));
    std::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT", &utc);
    text_ += rest.data();
  }
  return text_;
}

} // namespace sluice
