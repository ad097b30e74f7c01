#pragma once

#include "runtime/http/listener_context.hpp"
#include "runtime/http/stream_queue.hpp"

#include <memory>

namespace sluice {

/// A connection whose request was answered with a stream. It keeps what both kinds owe the handler: `opened`
/// once, then `closed` once. Thread: the network's.
class stream_connection : public connection {
public:
  stream_connection(listener_context& context, std::unique_ptr<transport> wire,
                    std::shared_ptr<stream_opening> opening);
  ~stream_connection() override;

  void on_clock(time_point now) final;
  void cut() final { leave(); }
  void close_stream() final;

protected:
  /// What is overdue is ended, and a silent stream gives a sign of life.
  virtual void on_round(time_point now) = 0;
  /// Something waits in `queue_`.
  virtual void pump() = 0;
  /// The wire is closed: what else waits for it must end.
  virtual void on_leave() {}

  const stream_opening& opening() const noexcept { return *opening_; }
  /// Calls `opened`. When that throws, the client is left.
  void open();
  /// Calls `drained`: nothing waits any more.
  void tell_drained();
  /// Calls `closed` after `opened`, the first time.
  void tell_closed();
  /// Ends everything.
  void leave();
  bool is_gone() const noexcept { return gone_; }

  /// The queue behind the handle that the handler has.
  std::shared_ptr<stream_queue> queue_;

private:
  const std::shared_ptr<stream_opening> opening_;
  bool open_ = false;
  bool gone_ = false;
  /// When the handler was last told to look.
  time_point looked_{};
};

} // namespace sluice
