#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {

namespace {

/// A step that has returned nothing has no result: NULL stands for JSON's null.
std::optional<std::string> written_result(const json& result) {
  return result.value().is_null() ? std::nullopt : std::optional(result.dump());
}

step_status read_step_status(query& row) {
  const auto written = row.text_here();
  const auto status = parse_step_status(written);
  if (!status)
    row.throw_unreadable("status of a step", written);
  return *status;
}

void bind_values(query& row, const step_row& step) {
  const auto& progress = step.progress;
  row.bind(to_string(progress.status)).bind(progress.attempts).bind(progress.failures);
  row.bind(progress.lost_in_row).bind(progress.not_before).bind(step.started_at).bind(step.finished_at);
  row.bind(written_result(progress.result)).bind(progress.error_code).bind(progress.error_text);
}

} // namespace

// One statement that inserts or updates would be kept ready to be undone, at twice the cost of these two.
void sqlite_steps::put(const uuid& run, const step_row& step) {
  const auto key = keys_->require(run);
  // A step has no row before its first attempt.
  const bool is_new = step.progress.attempts == 1 && step.progress.status == step_status::running;
  const bool written =
      is_new ? insert(key, step) || update(key, step) : update(key, step) || insert(key, step);
  if (!written)
    throw internal_error(fmt::format("step '{}' of run {} comes and goes", step.step, to_string(run)));
}

bool sqlite_steps::insert(std::int64_t key, const step_row& step) {
  query fresh(*in_, "INSERT INTO run_steps (status, attempts, failures, lost_in_row, not_before, "
                    "started_at, finished_at, result, error_code, error_text, run_key, step) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  bind_values(fresh, step);
  return fresh.bind(key).bind(step.step).run_unless_taken() > 0;
}

bool sqlite_steps::update(std::int64_t key, const step_row& step) {
  query old(*in_, "UPDATE run_steps SET status = ?, attempts = ?, failures = ?, lost_in_row = ?, "
                  "not_before = ?, started_at = ?, finished_at = ?, result = ?, error_code = ?, "
                  "error_text = ? WHERE run_key = ? AND step = ?");
  bind_values(old, step);
  return old.bind(key).bind(step.step).run() > 0;
}

std::vector<step_row> sqlite_steps::list(const uuid& run) {
  std::vector<step_row> steps;
  const auto* const known = keys_->find(run);
  if (known == nullptr)
    return steps;
  query row(*in_, "SELECT step, status, attempts, failures, lost_in_row, not_before, started_at, "
                  "finished_at, result, error_code, error_text FROM run_steps WHERE run_key = ? "
                  "ORDER BY step");
  for (row.bind(known->key); row.next();) {
    step_row step;
    step.step = row.text();
    step.progress.status = read_step_status(row);
    step.progress.attempts = static_cast<std::uint32_t>(row.integer());
    step.progress.failures = static_cast<std::uint32_t>(row.integer());
    step.progress.lost_in_row = static_cast<std::uint32_t>(row.integer());
    step.progress.not_before = row.optional_time();
    step.started_at = row.optional_time();
    step.finished_at = row.optional_time();
    if (const auto result = row.optional_text())
      step.progress.result = json::parse(*result);
    step.progress.error_code = row.text();
    step.progress.error_text = row.text();
    steps.push_back(std::move(step));
  }
  return steps;
}

std::size_t sqlite_steps::erase(const uuid& run) {
  auto* const known = keys_->find(run);
  if (known == nullptr)
    return 0;
  query rows(*in_, "DELETE FROM run_steps WHERE run_key = ?");
  return static_cast<std::size_t>(rows.bind(known->key).run());
}

} // namespace sluice
