#pragma once

#include "actors/messaging/flow_actor.hpp"
#include "actors/runs/run_messages.hpp"
#include "actors/runs/run_surroundings.hpp"
#include "actors/store/failure_log.hpp"
#include "model/run/lease_book.hpp"

#include <caf/behavior.hpp>

#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice {

/// Keeps the leases of one owner alive, tells the holder when one is extended or lost, and frees the runs of
/// owners that are gone. Ends by `end_actor`; then nothing is renewed any more.
class lease_manager final : public flow_actor {
public:
  lease_manager(caf::actor_config& config, run_surroundings_pointer around);
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void add(lease_taken& taken);
  void drop(const lease_dropped& dropped);
  void round();
  void renew();
  void on_renewed(const leases_renewed& answer);
  void lose(const uuid& run, const std::string& why);
  void look_for_gone();
  void reclaim();
  void say(log_level level, std::string_view what, const std::string& text) const;

  run_surroundings_pointer around_;
  lease_book book_;
  std::unordered_map<uuid, caf::actor> holders_;
  /// The renewal that is under way: what was asked for, and when it was sent.
  std::vector<std::pair<uuid, std::uint64_t>> asked_;
  std::chrono::nanoseconds sent_{0};
  std::uint64_t renewal_ = 0;
  bool renewing_ = false;
  bool reclaiming_ = false;
  std::chrono::nanoseconds next_look_{0};
  bool store_failed_ = false;
  failure_log reclaim_trouble_;
};

} // namespace sluice
