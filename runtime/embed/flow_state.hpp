#pragma once

#include "actors/flow/flow_board.hpp"
#include "actors/flow/flow_supervisor.hpp"
#include "actors/flow/node_handles.hpp"
#include "actors/messaging/flow_messages.hpp"
#include "model/base/log.hpp"
#include "runtime/embed/flow_runtime.hpp"

#include <caf/actor.hpp>
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Calls what the host gave us. What it throws is logged (`host_call_failed`) and goes no further: the thread
/// is a flow's.
template <class Call>
void call_host(const log_sink& log, const std::string& flow_name, Call&& call) {
  const auto report = [&](const char* what) {
    if (log)
      log(log_level::error, "host_call_failed",
          fmt::format("flow '{}': a function that was to be called failed: {}", flow_name, what));
  };
  try {
    call();
  } catch (const std::exception& failed) {
    report(failed.what());
  } catch (...) {
    report("it threw something that is not a std::exception");
  }
}

/// What all handles of one flow share.
class flow::state {
public:
  using ending_call = std::function<void(const flow_summary&)>;

  state(std::shared_ptr<const flow_plan> plan, log_sink log_to, ending_call ended);

  /// Makes the summary, wakes those who wait, and calls those who want to be called. Once.
  void finish(flow_ending ending);
  void when_ended(ending_call then);
  /// Waits until the flow has ended, every call has returned, and what the calls held is gone.
  bool wait_until_told(std::chrono::steady_clock::time_point deadline);

  void command(flow_order order, std::int64_t drain_ns = -1, std::string reason = {}, order_notice then = {});
  /// Returns what calls `then` when its last owner lets go of it: whoever has acted, or a mailbox that is
  /// gone.
  std::shared_ptr<const void> notice(order_notice then) const;
  /// Nobody once the flow has ended.
  caf::actor target();

  std::shared_ptr<flow_board> board;
  log_sink log;
  std::shared_ptr<node_handles> handles = std::make_shared<node_handles>();
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::condition_variable changed;
  caf::actor supervisor;
  std::optional<flow_summary> summary;
  std::promise<flow_summary> end;
  std::shared_future<flow_summary> done = end.get_future().share();

private:
  flow_summary summary_of(flow_ending ending) const;
  /// The summary is there, and does not change any more.
  void call(const ending_call& then) const;

  ending_call ended_;
  std::vector<ending_call> ending_calls_;
  bool told_ = false;
};

} // namespace sluice
