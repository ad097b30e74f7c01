#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sluice {

/// One event of a stream of server-sent events.
struct server_sent_event {
  /// The last id that the stream gave, with this event or before it.
  std::string id = {};
  /// Empty: the stream gave none.
  std::string name = {};
  std::string data = {};
};

/// Takes a stream of server-sent events apart (WHATWG HTML, 9.2.6): lines that end with LF, CR LF or CR,
/// events that end with an empty line, comments left out. An event that a lost connection cut off is never
/// handed on. Unlike there, an event with a name and without data is handed on.
class http_event_parser {
public:
  /// Bytes of one event; beyond, it is no stream of a Sluice server.
  static constexpr std::size_t limit = std::size_t{16} << 20;

  /// Takes bytes as they come and calls `take` for each event that ends in them. Throws
  /// `error("bad_answer")`.
  void feed(std::string_view bytes, const std::function<void(const server_sent_event&)>& take);

private:
  void end_line(const std::function<void(const server_sent_event&)>& take);
  void take_field(std::string_view name, std::string_view value);

  std::string line_;
  server_sent_event event_;
  bool has_data_ = false;
  bool after_cr_ = false;
};

} // namespace sluice
