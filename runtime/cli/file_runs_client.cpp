#include "runtime/cli/file_runs_client.hpp"

#include "runtime/cli/database_file.hpp"
#include "runtime/server/step_kinds.hpp"

#include <utility>

namespace sluice {

file_runs_client::file_runs_client(const std::filesystem::path& database, log_sink log, missing_file missing)
    : rules_(std::make_shared<rule_keepers>(rule_keepers_settings{log, {}})), missing_(missing) {
  settings_.database = database;
  settings_.steps = builtin_step_registry(log, {}, rules_);
  settings_.log = std::move(log);
}

file_runs_client::~file_runs_client() = default;

run_runtime& file_runs_client::runtime() {
  if (!runtime_) {
    if (missing_ == missing_file::refuse)
      require_database(settings_.database);
    runtime_ = std::make_unique<run_runtime>(settings_);
    rules_use_ = rules_->use_database(*runtime_);
  }
  return *runtime_;
}

const step_catalog* file_runs_client::kinds() const {
  return &settings_.steps->catalog();
}

created_run file_runs_client::submit(const run_submission& submission, const json&) {
  return runtime().submit(submission);
}

created_run file_runs_client::retry(const uuid& run, const std::string& by) {
  return runtime().retry(run, by);
}

command_answer file_runs_client::command(const uuid& run, run_command what, const std::string& by,
                                         const std::string& reason) {
  return runtime().command(run, what, by, reason);
}

std::vector<run_row> file_runs_client::list(const run_filter& filter) {
  return runtime().list(filter);
}

run_view file_runs_client::show(const uuid& run) {
  return runtime().show(run);
}

std::vector<run_event> file_runs_client::events(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  return runtime().events(run, since_seq, limit);
}

std::vector<run_event> file_runs_client::events(std::int64_t since, std::size_t limit) {
  return runtime().events(since, limit);
}

std::unique_ptr<run_runtime::subscription> file_runs_client::subscribe(std::int64_t since,
                                                                       std::optional<uuid> run,
                                                                       event_listener listener,
                                                                       follow_ending) {
  return runtime().subscribe(since, run, std::move(listener));
}

tick_report file_runs_client::tick(const lane_queue& from) {
  return runtime().tick_once(from);
}

std::vector<lane_row> file_runs_client::lanes() {
  return runtime().lanes();
}

lane_settings file_runs_client::lane(const lane_queue& which) {
  return runtime().lane(which);
}

void file_runs_client::change_lane(const lane_queue& which, const lane_change& change,
                                   const std::string& by) {
  auto settings = runtime().lane(which);
  change.apply_to(settings);
  runtime().set_lane(which, settings, by);
}

} // namespace sluice
