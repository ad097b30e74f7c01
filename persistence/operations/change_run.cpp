#include "persistence/operations/change_run.hpp"

#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

void count_tick(store& in, const run_row& run, utc_time now) {
  auto usage = in.lanes().usage(run.env, run.lane);
  usage.count(now);
  in.lanes().set_usage(run.env, run.lane, usage);
}

run_row require_version(store& in, const run_change& change) {
  const auto row = in.runs().find(change.run);
  if (!row)
    throw error("not_found", fmt::format("there is no run {}", to_string(change.run)));
  if (row->version != change.version)
    throw error("version_conflict", fmt::format("run {} is at version {}, not {}: read it again",
                                                to_string(change.run), row->version, change.version));
  return *row;
}

} // namespace

run_row change_run(store& in, const run_change& change, utc_time now) {
  const auto lease = in.leases().find(change.run);
  require_fence(lease, change.by.owner, change.by.token);
  run_writer writer(in, require_version(in, change), now);
  for (const auto& act : change.acts) {
    if (const auto* status = std::get_if<status_change>(&act))
      writer.enter(status->to, status->note);
    else
      writer.add(std::get<run_event_draft>(act));
  }
  for (const auto& step : change.steps)
    writer.put_step(step);
  if (change.available_at)
    writer.set_available_at(*change.available_at);
  if (change.delivered_command)
    in.commands().set_state(*change.delivered_command, command_state::delivered);
  if (change.counts_tick)
    count_tick(in, writer.row(), now);
  if (change.release)
    writer.put_lease(release_lease(lease, change.by.owner, change.by.token).record);
  const auto row = writer.write();
  if (writer.cascades())
    cancel_children(in, row.id, now);
  return row;
}

} // namespace sluice
