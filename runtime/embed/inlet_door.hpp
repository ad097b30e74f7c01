#pragma once

#include "runtime/embed/inlet_queue.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>
#include <caf/message_handler.hpp>
#include <caf/response_promise.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::detail {

/// What an actor gave in one message, on its way into an inlet.
class door_parcel {
public:
  virtual ~door_parcel() = default;
  /// Gives the inlet what it has room for; true when nothing is left.
  virtual bool hand_over() = 0;
  /// Messages that are left.
  virtual std::size_t size() const noexcept = 0;
};

/// An inlet as its door sees it. Any thread.
class door_inlet {
public:
  using arrival = std::function<caf::response_promise(std::unique_ptr<door_parcel>)>;

  virtual ~door_inlet() = default;
  virtual outside_line& line() noexcept = 0;
  virtual std::size_t free_places() const = 0;
  virtual bool sleep_while_full(outside_line::listener which) = 0;
  virtual void count_refused(std::size_t messages) = 0;
  virtual void close() = 0;
  /// Returns handlers for a payload and for a vector of them.
  virtual caf::message_handler handlers(arrival arrived) = 0;
};

/// Spawns the actor that gives `to` what it is sent; ends when the inlet is closed or its flow is over.
caf::actor spawn_door(caf::actor_system& in, std::unique_ptr<door_inlet> to);

/// Calls `then` when `feeder` has exited; at once if it has. `what` is what that closes, for the error.
/// Throws `error("bad_value")` for a handle without an actor.
void call_at_exit(const caf::actor& feeder, std::string_view what, std::function<void()> then);

template <class T>
class single_parcel final : public door_parcel {
public:
  single_parcel(std::shared_ptr<inlet_queue<T>> to, T&& value)
      : to_(std::move(to)), value_(std::move(value)) {}
  bool hand_over() override {
    given_ = given_ || to_->push(std::move(value_), {}) == push_result::accepted;
    return given_;
  }
  std::size_t size() const noexcept override { return given_ ? 0 : 1; }

private:
  std::shared_ptr<inlet_queue<T>> to_;
  T value_;
  bool given_ = false;
};

template <class T>
class span_parcel final : public door_parcel {
public:
  span_parcel(std::shared_ptr<inlet_queue<T>> to, std::vector<T>&& values)
      : to_(std::move(to)), values_(std::move(values)) {}
  bool hand_over() override {
    next_ += to_->push(std::span<T>(values_).subspan(next_), {});
    return next_ == values_.size();
  }
  std::size_t size() const noexcept override { return values_.size() - next_; }

private:
  std::shared_ptr<inlet_queue<T>> to_;
  std::vector<T> values_;
  std::size_t next_ = 0;
};

template <class T>
class typed_door_inlet final : public door_inlet {
public:
  explicit typed_door_inlet(std::shared_ptr<inlet_queue<T>> queue) : queue_(std::move(queue)) {}

  outside_line& line() noexcept override { return *queue_; }
  std::size_t free_places() const override { return queue_->free_places(); }
  bool sleep_while_full(outside_line::listener which) override { return queue_->sleep_while_full(which); }
  void count_refused(std::size_t messages) override { queue_->count_refused(messages); }
  void close() override { queue_->close(); }
  caf::message_handler handlers(arrival arrived) override {
    return {[arrived, to = queue_](T& value) {
              return arrived(std::make_unique<single_parcel<T>>(to, std::move(value)));
            },
            [arrived, to = queue_](std::vector<T>& values) {
              return arrived(std::make_unique<span_parcel<T>>(to, std::move(values)));
            }};
  }

private:
  std::shared_ptr<inlet_queue<T>> queue_;
};

} // namespace sluice::detail
