#pragma once

#include "runtime/cli/runs_client.hpp"
#include "runtime/embed/rule_keepers.hpp"

#include <filesystem>
#include <memory>

namespace sluice {

/// The runs of a database file, by a runtime in this process. One thread.
class file_runs_client final : public runs_client {
public:
  /// What to do when there is no such file: a name that was mistyped must not become a database.
  enum class missing_file : std::uint8_t { refuse, make };

  /// Opens nothing yet. With the kinds of step that this program has.
  file_runs_client(const std::filesystem::path& database, log_sink log, missing_file missing);
  ~file_runs_client() override;

  const step_catalog* kinds() const override;
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
  /// Opens at the first call. Throws `error("not_found")` for a file that is not there and may not be made.
  run_runtime& runtime();

  /// For flows of steps that are ticked here.
  std::shared_ptr<rule_keepers> rules_;
  run_options settings_;
  missing_file missing_;
  std::unique_ptr<run_runtime> runtime_;
  std::unique_ptr<rule_keepers::database_use> rules_use_;
};

} // namespace sluice
