#pragma once

#include "model/base/uuid.hpp"
#include "model/run/run_event.hpp"
#include "runtime/http/http_stream.hpp"
#include "runtime/server/server_context.hpp"
#include "runtime/server/stream_permit.hpp"

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Where a stream of events begins.
struct run_event_place {
  /// None: all runs.
  std::optional<uuid> run = {};
  /// Events after this id, and of a run after this number.
  std::int64_t since_id = 0;
  std::uint64_t since_seq = 0;
  /// The run's last event when the stream began, and how the run had ended by then; empty: it had not. Ends
  /// before that event were not the last word.
  std::uint64_t last_seq = 0;
  std::string ended = {};
  /// Events up to this id may have been removed before the stream began (`event_store::removed_through`).
  std::int64_t known_removed = 0;
};

/// Sends events to one client: first those that are there, page by page as fast as the client takes them,
/// then each as it is committed. Of one run it ends after the event that ends it. A client that lets more
/// than `http_limits::stream_bytes` wait while it follows is told so and cut off; it may go on where it was.
/// So is, within about a second, one whose token does not count any more (`access_ended`), and one that was
/// to catch up with events that were removed meanwhile (`events_expired`). Threads: the network's, the
/// store's and the runtime's.
class run_event_stream : public std::enable_shared_from_this<run_event_stream> {
public:
  /// @param websocket one JSON text a message; otherwise server-sent events (WHATWG HTML, 9.2).
  run_event_stream(server_context& context, const run_event_place& from, stream_permit permit,
                   bool websocket);

  /// What the session is to be given; it keeps this object alive.
  std::shared_ptr<stream_opening> opening();

private:
  void on_opened(std::shared_ptr<http_stream> to);
  void on_drained();
  void on_looked();
  void on_closed();
  /// Events that were read, and up to where others had been removed.
  struct fetched_events {
    std::vector<run_event> events;
    std::int64_t removed = 0;
  };

  void read_page();
  void take_page(const fetched_events& page, const std::exception_ptr& failure);
  /// Whether events that the client should get now have been removed before it came to them.
  bool misses(const fetched_events& page) const;
  /// Takes the events of a page as long as there is room for them; returns whether it took all.
  bool pass_on(const std::vector<run_event>& page);
  /// Whether more of a page may wait for the client; if not, it is read again when nothing waits.
  bool has_room(std::size_t most_waiting);
  void follow();
  void take_live(const std::vector<run_event>& events);
  bool is_open();
  /// These are called with the mutex held. Returns false once the stream has ended by this event.
  bool take_note(const run_event& sent);
  /// Returns the status that the run has ended with by this event; empty: it goes on.
  std::string end_by(const run_event& event) const;
  void finish(const std::string& status);
  void fail(const char* code, const std::string& message, std::uint16_t close_code);
  void shut(std::string last, std::uint16_t close_code, const std::string& reason);
  std::string piece_of(const run_event& event) const;

  server_context& context_;
  run_event_place from_;
  const bool websocket_;
  /// The network thread's.
  stream_permit permit_;
  /// Never held while an event, which may be large, is put into words.
  std::mutex mutex_;
  std::shared_ptr<http_stream> to_;
  std::unique_ptr<run_runtime::subscription> live_;
  /// A page is being read, or waits to be taken by the client.
  bool reading_ = false;
  bool following_ = false;
};

} // namespace sluice
