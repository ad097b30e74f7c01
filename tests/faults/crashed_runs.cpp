#include "tests/faults/crashed_runs.hpp"

#include "model/run/attempt_token.hpp"
#include "persistence/sqlite/maintenance.hpp"
#include "tests/support/raw_database.hpp"

#include <fstream>
#include <map>
#include <utility>

namespace sluice {

namespace {

/// Each select finds rows that must not be.
struct rule {
  const char* broken;
  const char* select;
};

constexpr rule rules[] = {
    {"a run is stranded", "SELECT id, status, job_type FROM runs WHERE status NOT IN "
                          "('succeeded', 'failed', 'cancelled') AND NOT "
                          "(job_type = 'waits' AND status IN ('paused', 'blocked', 'intervening'))"},
    {"a run is owned", "SELECT id, status FROM runs WHERE owned <> 0"},
    {"a lease has an owner", "SELECT run_key, token, owner FROM leases WHERE owner IS NOT NULL"},
    {"an attempt is under way", "SELECT run_key, step FROM run_steps WHERE status = 'running'"},
    {"a run that succeeded has a step that did not",
     "SELECT id, step, s.status FROM run_steps s JOIN runs USING (run_key) "
     "WHERE runs.status = 'succeeded' AND s.status <> 'succeeded'"},
    // One that came in during the last write of its owner finds nobody, nor anything left to halt.
    {"a command is left",
     "SELECT run_key, command, status FROM run_commands JOIN runs USING (run_key) WHERE "
     "state = 'undelivered' AND status NOT IN ('succeeded', 'failed', 'cancelled') AND NOT "
     "(status = 'blocked' AND command IN ('pause', 'intervene'))"},
    {"events have a gap",
     "SELECT id, last_seq FROM runs r WHERE last_seq <> (SELECT count(*) FROM run_events e WHERE e.run_key = "
     "r.run_key) OR last_seq <> (SELECT max(seq) FROM run_events e WHERE e.run_key = r.run_key)"},
    {"the end of a run is told not once",
     "SELECT id, status FROM runs r WHERE (status IN ('succeeded', 'failed', 'cancelled')) <> "
     "(SELECT count(*) FROM run_events e WHERE e.run_key = r.run_key AND kind IN "
     "('RUN_SUCCEEDED', 'RUN_FAILED', 'RUN_CANCELLED'))"},
    {"an event follows the end", "SELECT run_key, max(seq), max(CASE WHEN kind IN ('RUN_SUCCEEDED', "
                                 "'RUN_FAILED', 'RUN_CANCELLED') THEN seq END) AS over FROM run_events "
                                 "GROUP BY run_key HAVING over < max(seq)"},
    {"a step succeeded twice",
     "SELECT run_key, payload ->> 'step' AS step FROM run_events WHERE kind = 'STEP_SUCCEEDED' "
     "GROUP BY run_key, step HAVING count(*) > 1"},
    {"a step began after it had succeeded",
     "SELECT a.run_key, a.seq, b.seq FROM run_events a JOIN run_events b ON a.run_key = b.run_key AND "
     "a.payload ->> 'step' = b.payload ->> 'step' AND a.kind = 'STEP_SUCCEEDED' AND b.kind = 'STEP_STARTED' "
     "AND b.seq > a.seq"},
    {"attempts have a gap",
     "SELECT id, step, attempts FROM run_steps s JOIN runs USING (run_key) WHERE attempts <> "
     "(SELECT count(*) FROM run_events e WHERE e.run_key = s.run_key AND kind = 'STEP_STARTED' AND "
     "payload ->> 'step' = step)"},
    {"an attempt began and did not end, or not once",
     "SELECT run_key, payload ->> 'step' AS step, payload ->> 'attempt' AS attempt FROM run_events WHERE "
     "kind IN ('STEP_STARTED', 'STEP_SUCCEEDED', 'STEP_FAILED', 'STEP_RETRY', 'STEP_LOST', "
     "'STEP_CANCELLED') GROUP BY run_key, step, attempt HAVING count(*) <> 2"},
};

using step_key = std::pair<std::string, std::string>;

void judge_effects(raw_database& rows, const std::filesystem::path& file, std::vector<std::string>& wrong) {
  std::map<step_key, std::map<std::uint32_t, std::uint64_t>> effects;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto token = parse_attempt_token(line);
    if (!token) {
      wrong.push_back("an effect that is none: " + line);
      continue;
    }
    if (!effects[{to_string(token->run), token->step}].emplace(token->attempt, token->fence).second)
      wrong.push_back("an attempt had its effect twice: " + line);
  }
  for (const auto& [step, attempts] : effects) {
    std::uint64_t last = 0;
    for (const auto& [attempt, fence] : attempts) {
      if (fence < last)
        wrong.push_back("the fence of a later attempt is smaller: " + step.first + '/' + step.second);
      last = fence;
    }
  }
  for (const auto& row : rows.rows(
           "SELECT runs.id || '|' || (payload ->> 'step') || '|' || (payload ->> 'attempt') FROM run_events "
           "JOIN runs USING (run_key) WHERE kind = 'STEP_SUCCEEDED' AND payload ->> 'step' LIKE 'e%'")) {
    const auto first = row.find('|');
    const auto second = row.find('|', first + 1);
    const auto attempt = static_cast<std::uint32_t>(std::stoul(row.substr(second + 1)));
    const auto& there = effects[{row.substr(0, first), row.substr(first + 1, second - first - 1)}];
    if (there.count(attempt) == 0)
      wrong.push_back("a step succeeded without its effect: " + row);
    if (there.upper_bound(attempt) != there.end())
      wrong.push_back("a step had an effect after it had succeeded: " + row);
  }
}

} // namespace

std::vector<std::string> what_is_wrong(const std::filesystem::path& folder, std::size_t runs) {
  std::vector<std::string> wrong;
  const auto file = folder / "runs.db";
  raw_database raw(file);
  if (const auto there = raw.row("SELECT count(*) FROM runs"); there != std::to_string(runs))
    wrong.push_back(there + " runs are there, and not " + std::to_string(runs));
  for (const auto& each : rules)
    for (const auto& row : raw.rows(each.select))
      wrong.push_back(std::string(each.broken) + ": " + row);
  judge_effects(raw, folder / "effects", wrong);
  for (const auto& finding : check_database(file))
    wrong.push_back("check_database: " + finding);
  return wrong;
}

} // namespace sluice
