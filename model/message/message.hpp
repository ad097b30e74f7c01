#pragma once

#include "model/base/trace_id.hpp"
#include "model/message/payload.hpp"
#include "model/message/text.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace sluice {

/// What a message is to the runtime; DESIGN calls it the kind.
enum class message_kind : std::uint8_t {
  data,    ///< a value; subject to policy and accounting
  error,   ///< an `error_record`; subject to policy and accounting
  control, ///< overtakes data on its own lane, never lost, not counted among data
  marker,  ///< in order with the data, untouched by policies, not counted: end of stream
};

/// The payload of a marker that says that nothing follows on this edge.
struct end_of_stream {};

/// An immutable envelope around one payload: kind, trace id, time and key. 64 bytes. Moving is a copy of
/// bits; copying shares the payload. Thread: one owner at a time.
class message {
public:
  /// An empty data message.
  message() noexcept : timestamp_(0), kind_(0) {}

  /// A message around `value`; trace id and time are filled in when it is emitted.
  template <class T, class = std::enable_if_t<!std::is_same_v<std::decay_t<T>, message>>>
  explicit message(T&& value, message_kind kind = message_kind::data)
      : timestamp_(0), kind_(static_cast<std::uint64_t>(kind) & 3U), payload_(std::forward<T>(value)) {}

  /// What it is to the runtime.
  message_kind kind() const noexcept { return static_cast<message_kind>(kind_); }
  /// True for a value of the flow, not an error, control or the end.
  bool is_data() const noexcept { return kind() == message_kind::data; }

  /// Names the message that the source emitted and that this one came of; empty when not given yet.
  const trace_id& trace() const noexcept { return trace_; }
  /// See `trace`.
  void set_trace(const trace_id& id) noexcept { trace_ = id; }

  /// Nanoseconds since 1970-01-01 UTC; 0 when not given yet. Good until the year 2116.
  std::chrono::nanoseconds timestamp() const noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(timestamp_)};
  }
  /// See `timestamp`.
  void set_timestamp(std::chrono::nanoseconds since_epoch) noexcept {
    timestamp_ = static_cast<std::uint64_t>(since_epoch.count()) & ((std::uint64_t{1} << 62) - 1);
  }

  /// What `latest` and keyed nodes group by; empty when not given.
  const text& key() const noexcept { return key_; }
  /// See `key`.
  void set_key(text key) noexcept { key_ = std::move(key); }

  /// The value, of whatever type.
  const payload& content() const noexcept { return payload_; }
  /// Puts another value in; the envelope stays.
  void set_content(payload content) noexcept { payload_ = std::move(content); }

  /// Returns the value, or nullptr when it is of another type; see `payload::get_if`.
  template <class T>
  const T* get_if() const noexcept {
    return payload_.get_if<T>();
  }
  /// Returns the value. Throws `error("wrong_type")` when it is of another type.
  template <class T>
  const T& get() const {
    return payload_.get<T>();
  }
  /// Returns the value and leaves the message without one; see `payload::take`.
  template <class T>
  T take() {
    return payload_.take<T>();
  }

  /// Returns a message with this one's trace id, time and key around another value.
  template <class T>
  message with(T&& value) const {
    message result(std::forward<T>(value), kind());
    result.trace_ = trace_;
    result.timestamp_ = timestamp_;
    result.key_ = key_;
    return result;
  }

private:
  trace_id trace_;
  std::uint64_t timestamp_ : 62;
  std::uint64_t kind_ : 2;
  text key_;
  payload payload_;
};

static_assert(sizeof(message) == 64);

} // namespace sluice
