#include "runtime/http/event_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace sluice {

namespace {

/// Bytes of pieces that go out in one write, and for which a client has the write timeout.
constexpr std::size_t batch_bytes = 64 * 1024;

void append_chunk_size(std::string& text, std::size_t size) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
  text.append(digits.data(), end);
  text += "\r\n";
}

class event_stream final : public stream_connection {
public:
  event_stream(listener_context& context, std::unique_ptr<transport> wire,
               std::shared_ptr<stream_opening> opening, bool chunked)
      : stream_connection(context, std::move(wire), std::move(opening)), chunked_(chunked) {}

  void start() {
    quiet_since_ = listener_context::now();
    watch();
    open();
  }

private:
  void on_round(time_point now) override {
    if (phase() == connection_phase::closing || writing_) {
      if (now >= deadline_)
        leave();
    } else if (now - quiet_since_ >= context_.limits.heartbeat && !opening().heartbeat.empty()) {
      write({opening().heartbeat}, 0);
    }
  }

  std::shared_ptr<event_stream> self() { return std::static_pointer_cast<event_stream>(shared_from_this()); }

  /// Reads all the time, only to see the client leave.
  void watch() {
    wire_->read_some(heard_.data(), heard_.size(), [self = self()](transfer result, std::size_t) {
      if (self->is_gone())
        return;
      result == transfer::done ? self->watch() : self->leave();
    });
  }

  void pump() override {
    if (writing_ || is_gone() || phase() == connection_phase::closing)
      return;
    auto next = queue_->take(batch_bytes);
    last_ = next.end.has_value();
    if (next.pieces.empty() && !last_)
      return tell_drained();
    std::size_t size = 0;
    for (const auto& piece : next.pieces)
      size += piece.size();
    write(next.pieces, size);
  }

  /// @param counted bytes of the pieces that wait in the queue.
  void write(const std::vector<std::string>& pieces, std::size_t counted) {
    std::size_t size = 0;
    for (const auto& piece : pieces)
      size += piece.size();
    out_.clear();
    out_.reserve(size + 32);
    // A chunk of no bytes would end the body.
    const bool framed = chunked_ && size > 0;
    if (framed)
      append_chunk_size(out_, size);
    for (const auto& piece : pieces)
      out_ += piece;
    if (framed)
      out_ += "\r\n";
    if (chunked_ && last_)
      out_ += "0\r\n\r\n";
    writing_ = true;
    deadline_ = listener_context::now() + context_.limits.write_timeout;
    wire_->write(out_, {},
                 [self = self(), counted](transfer result, std::size_t) { self->on_write(result, counted); });
  }

  void on_write(transfer result, std::size_t counted) {
    writing_ = false;
    if (is_gone())
      return;
    if (result != transfer::done)
      return leave();
    queue_->written(counted);
    quiet_since_ = listener_context::now();
    last_ ? finish() : pump();
  }

  /// All is written: waits a little for the client to close, as a session does.
  void finish() {
    enter(connection_phase::closing, quiet_since_);
    deadline_ = quiet_since_ + context_.limits.linger;
    const auto alive = self();
    tell_closed();
    wire_->end_writing([alive](transfer, std::size_t) {});
  }

  const bool chunked_;
  bool writing_ = false;
  /// What is being written is the end.
  bool last_ = false;
  time_point quiet_since_{};
  time_point deadline_{};
  std::string out_;
  std::array<char, 256> heard_{};
};

} // namespace

void start_event_stream(listener_context& context, std::unique_ptr<transport> wire,
                        std::shared_ptr<stream_opening> opening, bool chunked) {
  const auto fresh = std::make_shared<event_stream>(context, std::move(wire), std::move(opening), chunked);
  context.connections.add(fresh);
  fresh->start();
}

} // namespace sluice
