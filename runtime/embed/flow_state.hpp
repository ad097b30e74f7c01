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
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

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
class flow::state : public std::enable_shared_from_this<flow::state> {
public:
  using ending_call = std::function<void(const flow_summary&)>;

  using still_call = std::function<void(std::uint64_t pause)>;

  state(std::shared_ptr<const flow_plan> plan, log_sink log_to, ending_call ended, still_call stands_still);

  /// Makes the summary, wakes those who wait, and calls those who want to be called. Once.
  void finish(flow_ending ending);
  void when_ended(ending_call then);
  /// Every node stands still after that call of `pause`.
  void tell_still(std::uint64_t pause);
  /// Waits until the flow has ended, every call has returned, and what the calls held is gone. When that does
  /// not come about in time, nobody is called from then on, and the nodes are told to abort past a supervisor
  /// that may be held up.
  bool wait_until_told(std::chrono::steady_clock::time_point deadline);
  /// After that, until the nodes have aborted, all but those whose handler does not return.
  void wait_for_nodes(std::chrono::steady_clock::time_point deadline);

  void command(flow_order order, std::int64_t drain_ns = -1, std::string reason = {}, order_notice then = {});
  /// Where an order goes, and what calls its notice when the last owner lets go of it: whoever has acted, or
  /// a mailbox that is gone.
  struct address {
    caf::actor to;
    std::shared_ptr<const void> notice;
  };
  /// Takes `then`, which is called at the latest when the flow ends; when that has ended, or the runtime has
  /// given up, it leaves `then` alone and returns nobody.
  address address_of(order_notice& then);
  /// Nobody likewise.
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
  /// Does `call(held)` without `lock`, and then lets go of `held`; whoever gives up waiting knows of it.
  template <class Held, class Call>
  void call_counted(std::unique_lock<std::mutex> lock, Held held, Call&& call);
  bool wait_or_give_up(std::chrono::steady_clock::time_point deadline);
  /// Calls the notice of that number, if nobody has yet.
  void give_notice(std::uint64_t number);
  void give_all_notices();
  void give_all_endings();

  ending_call ended_;
  std::shared_ptr<const still_call> stands_still_;
  std::deque<ending_call> ending_calls_;
  /// Of orders that somebody still holds.
  std::map<std::uint64_t, order_notice> notices_;
  std::uint64_t last_notice_ = 0;
  /// Functions of the host that are being called.
  std::size_t calling_ = 0;
  bool told_ = false;
  /// The runtime has given up waiting and is gone.
  bool silent_ = false;
};

} // namespace sluice
