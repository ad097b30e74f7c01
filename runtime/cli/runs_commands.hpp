#pragma once

#include "runtime/cli/cli_streams.hpp"
#include "runtime/cli/runs_arguments.hpp"
#include "runtime/cli/runs_client.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace sluice {

/// What a command works with. `json`: what could be a table is printed as JSON; a single word is only when
/// `json_words` says so.
struct runs_scene {
  runs_client& client;
  cli_streams& streams;
  bool json = false;
  bool json_words = json;
};

/// Each carries out one command and returns its exit status; errors are thrown as `error`.
int carry_out(const runs_submit_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_list_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_show_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_events_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_order_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_retry_arguments& arguments, const runs_scene& scene);
int carry_out(const runs_tick_arguments& arguments, const runs_scene& scene);

/// A worker needs the file itself.
int work_on(const runs_work_arguments& arguments, const std::filesystem::path& database, bool json,
            cli_streams& streams);

/// Prints the id of a new run, or of the one that its key already had.
void print_created(const created_run& created, const runs_scene& scene);

/// Returns `by`, or the environment's USER unless the other side knows by itself who asks.
std::string asking(const std::string& by, const runs_scene& scene);

/// Prints what has happened to a run after number `since` and what happens, until it is over or a signal
/// comes. Returns the exit status: failure for a run that failed or was cancelled.
int follow_run(const uuid& run, std::uint64_t since, const runs_scene& scene);

} // namespace sluice
