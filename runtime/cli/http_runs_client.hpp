#pragma once

#include "runtime/cli/http_client.hpp"
#include "runtime/cli/runs_client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The runs of a server, over HTTP. Besides what `runs_client` says, calls throw as `http_client` does. The
/// server notes who asks, and refuses steps that it does not know. One thread.
class http_runs_client final : public runs_client {
public:
  /// Connects at the first call. `notice` hears when events that are followed stop and go on; any thread.
  http_runs_client(http_target target, std::function<void(const std::string&)> notice);
  ~http_runs_client() override;

  bool knows_caller() const noexcept override { return true; }
  const step_catalog* kinds() const override { return nullptr; }
  created_run submit(const run_submission& submission, const json& graph) override;
  created_run retry(const uuid& run, const std::string& by) override;
  command_answer command(const uuid& run, run_command what, const std::string& by,
                         const std::string& reason) override;
  std::vector<run_row> list(const run_filter& filter) override;
  run_view show(const uuid& run) override;
  std::vector<run_event> events(const uuid& run, std::uint64_t since_seq, std::size_t limit) override;
  std::vector<run_event> events(std::int64_t since, std::size_t limit) override;
  std::unique_ptr<run_runtime::subscription> subscribe(std::int64_t since, std::optional<uuid> run,
                                                       event_listener listener,
                                                       follow_ending ending) override;
  tick_report tick(const lane_queue& from) override;
  std::vector<lane_row> lanes() override;
  lane_settings lane(const lane_queue& which) override;
  void change_lane(const lane_queue& which, const lane_change& change, const std::string& by) override;

private:
  nlohmann::ordered_json ask(const api_call& call);
  std::vector<run_event> ask_for_events(const api_call& call);

  http_client client_;
  /// Events up to here may be gone: a server that has said so is told that it is known.
  std::int64_t removed_through_ = 0;
  std::function<void(const std::string&)> notice_;
};

} // namespace sluice
