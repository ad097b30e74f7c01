#include "persistence/operations/command_run.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/lease_rules.hpp"
#include "model/run/run_family.hpp"
#include "persistence/operations/require_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace sluice {

namespace {

/// Passes the statuses of a command on a run that nobody is on.
void act_now(store& in, run_writer& writer, const command_decision& decision,
             const command_request& request) {
  if (writer.row().owned)
    writer.put_lease(revoke_lease(in.leases().find(request.run)));
  // Also when the lease was revoked before: nobody has looked at the steps since.
  writer.lose_attempts();
  const bool from_end = is_terminal(writer.row().status);
  for (const auto status : decision.path)
    writer.enter(status, {request.by, request.reason, "failed_by_command", request.reason});
  if (request.command != run_command::resume)
    return;
  writer.set_available_at(request.at);
  if (from_end)
    writer.renew_budgets();
}

/// Keeps the command, and marks the one that it replaces.
void keep(store& in, run_writer& writer, const std::optional<command_row>& waiting,
          const command_decision& decision, const command_request& request) {
  writer.add(command_received_event(request.command, request.by, request.reason));
  if (decision.replaces) {
    in.commands().set_state(waiting->id, command_state::replaced);
    writer.add(command_replaced_event(waiting->command, request.command));
  }
  command_row row;
  row.run = request.run;
  row.command = request.command;
  row.by = request.by;
  row.reason = request.reason;
  row.at = request.at;
  row.state =
      decision.outcome == command_outcome::delivered ? command_state::undelivered : command_state::delivered;
  in.commands().insert(row);
}

/// Gathers the descendants of `parent`, each once.
void gather(store& in, const uuid& parent, std::vector<run_relation>& out) {
  for (const auto& child : in.runs().children(parent)) {
    const bool known =
        std::any_of(out.begin(), out.end(), [&](const run_relation& other) { return other.id == child.id; });
    if (known)
      continue;
    out.push_back({child.id, child.parent_run_id, child.retry_of, child.status});
    gather(in, child.id, out);
  }
}

} // namespace

command_answer command_run(store& in, const command_request& request) {
  const auto row = require_run(in, request.run);
  const auto waiting = in.commands().undelivered(request.run);
  command_situation situation{row.status, request.owned, std::nullopt};
  if (waiting)
    situation.undelivered = waiting->command;
  const auto decision = decide_command(request.command, situation);
  if (!decision.changed())
    return {false, row.status};
  fault_point("command.begun");
  run_writer writer(in, row, request.at);
  keep(in, writer, waiting, decision, request);
  if (decision.outcome == command_outcome::applied)
    act_now(in, writer, decision, request);
  audit_row audit;
  audit.at = request.at;
  audit.actor = request.by;
  audit.action = fmt::format("run.{}", to_string(request.command));
  audit.subject = to_string(request.run);
  in.audit().append(audit);
  const auto written = writer.write();
  fault_point("command.half");
  if (writer.cascades())
    cancel_children(in, request.run, request.at);
  fault_point("command.written");
  return {true, written.status};
}

void act_on_undelivered(store& in, const uuid& run, utc_time now) {
  const auto waiting = in.commands().undelivered(run);
  if (!waiting)
    return;
  try {
    (void)decide_command(waiting->command, {require_run(in, run).status, false, waiting->command});
  } catch (const error& refused) {
    if (refused.code() != "invalid_transition")
      throw;
    in.commands().set_state(waiting->id, command_state::delivered);
    return;
  }
  command_run(in, {run, waiting->command, waiting->by, waiting->reason, false, now});
}

void cancel_children(store& in, const uuid& parent, utc_time now) {
  std::vector<run_relation> family;
  gather(in, parent, family);
  for (const auto& id : cancel_cascade(parent, family)) {
    const auto child = require_run(in, id);
    // An ancestor between, cancelled a moment ago, has told it already.
    if (is_terminal(child.status) || child.status == run_status::cancelling)
      continue;
    command_request request;
    request.run = id;
    request.command = run_command::cancel;
    request.by = "sluice";
    request.reason = fmt::format("run {} was cancelled", to_string(parent));
    // Whether the owner of a child lives is not known here: it is told, and if it is dead its successor is.
    request.owned = child.owned;
    request.at = now;
    command_run(in, request);
  }
}

} // namespace sluice
