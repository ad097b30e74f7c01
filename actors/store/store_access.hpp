#pragma once

#include "model/base/utc_time.hpp"
#include "persistence/requests/store_request.hpp"
#include "persistence/store/store.hpp"

#include <caf/actor.hpp>

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace sluice {

/// What a request came to.
template <class T>
class store_result {
public:
  explicit store_result(T value) : value_(std::move(value)) {}
  explicit store_result(std::exception_ptr failure) : failure_(std::move(failure)) {}

  bool failed() const noexcept { return failure_ != nullptr; }
  std::exception_ptr failure() const& noexcept { return failure_; }
  /// Lets go of it: who hands a failure to another thread must not keep it.
  std::exception_ptr failure() && noexcept { return std::move(failure_); }
  /// Rethrows what went wrong.
  T& get() {
    if (failure_)
      std::rethrow_exception(failure_);
    return *value_;
  }

private:
  std::optional<T> value_;
  std::exception_ptr failure_;
};

/// The persistence actors of one database, as their users see them. A handle: copies mean the same actors.
/// Any thread. A request to actors that have ended fails with `error("store_closed")`.
class store_access {
public:
  template <class T>
  using work = std::function<T(store& in, utc_time now)>;
  template <class T>
  using callback = std::function<void(store_result<T>)>;

  store_access() = default;
  store_access(caf::actor writer, caf::actor reader)
      : writer_(std::move(writer)), reader_(std::move(reader)) {}

  /// Runs `task` in the writer's next transaction and calls `done` on the writer's thread once it is durable,
  /// or has failed. `done` only passes the result on; it must not throw.
  template <class T>
  void write(store_priority priority, work<T> task, callback<T> done) const {
    send(writer_, priority, std::make_shared<request<T>>(std::move(task), std::move(done)));
  }
  /// Runs `task` in a reading transaction: it sees one moment.
  template <class T>
  void read(work<T> task, callback<T> done) const {
    send(reader_, store_priority::normal, std::make_shared<request<T>>(std::move(task), std::move(done)));
  }

  /// The same for a thread that waits for the answer; never inside an actor.
  template <class T>
  std::future<T> write(work<T> task) const {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    write<T>(store_priority::urgent, std::move(task), fulfil(promise));
    return future;
  }
  template <class T>
  std::future<T> read(work<T> task) const {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    read<T>(std::move(task), fulfil(promise));
    return future;
  }

private:
  template <class T>
  class request final : public store_request {
  public:
    request(work<T> task, callback<T> done) : task_(std::move(task)), done_(std::move(done)) {}
    void run(store& in, utc_time now) override { value_.emplace(task_(in, now)); }
    void finish(std::exception_ptr failure) noexcept override {
      if (const auto done = std::exchange(done_, nullptr))
        done(failure ? store_result<T>(std::move(failure)) : store_result<T>(*std::move(value_)));
    }

  private:
    work<T> task_;
    callback<T> done_;
    std::optional<T> value_;
  };

  template <class T>
  static callback<T> fulfil(std::shared_ptr<std::promise<T>> promise) {
    return [promise = std::move(promise)](store_result<T> result) {
      if (result.failed())
        promise->set_exception(std::move(result).failure());
      else
        promise->set_value(std::move(result.get()));
    };
  }

  static void send(const caf::actor& to, store_priority priority, std::shared_ptr<store_request> what);

  caf::actor writer_;
  caf::actor reader_;
};

} // namespace sluice
