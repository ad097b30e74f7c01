#include "model/base/error.hpp"
#include "persistence/sqlite/query.hpp"
#include "persistence/sqlite/sqlite_tables.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 3> state_names = {"undelivered", "delivered", "replaced"};

std::string_view name_of(command_state state) noexcept {
  return state_names[static_cast<std::size_t>(state)];
}

command_state read_command_state(query& row) {
  const auto written = row.text_here();
  for (std::size_t i = 0; i < state_names.size(); ++i)
    if (state_names[i] == written)
      return static_cast<command_state>(i);
  row.throw_unreadable("state of a command", written);
}

run_command read_command(query& row) {
  const auto written = row.text_here();
  const auto command = parse_run_command(written);
  if (!command)
    row.throw_unreadable("command", written);
  return *command;
}

/// Reads id, the run's id, command, requested_by, reason, at and state.
command_row read_row(query& row) {
  command_row command;
  command.id = row.integer();
  command.run = row.id();
  command.command = read_command(row);
  command.by = row.text();
  command.reason = row.text();
  command.at = row.time();
  command.state = read_command_state(row);
  return command;
}

std::vector<command_row> read_commands(query& rows) {
  std::vector<command_row> commands;
  while (rows.next())
    commands.push_back(read_row(rows));
  return commands;
}

} // namespace

std::int64_t sqlite_commands::insert(const command_row& command) {
  query row(*in_, "INSERT INTO run_commands (run_key, command, requested_by, reason, at, state) "
                  "VALUES (?, ?, ?, ?, ?, ?)");
  row.bind(keys_->require(command.run)).bind(to_string(command.command)).bind(command.by);
  row.bind(command.reason).bind(command.at).bind(name_of(command.state)).run();
  return in_->last_key();
}

std::optional<command_row> sqlite_commands::undelivered(const uuid& run) {
  const auto* const known = keys_->find(run);
  if (known == nullptr)
    return std::nullopt;
  query row(*in_, "SELECT c.id, r.id, command, c.requested_by, reason, at, state "
                  "FROM run_commands AS c INDEXED BY run_commands_undelivered JOIN runs AS r USING (run_key) "
                  "WHERE c.run_key = ? AND state = 'undelivered'");
  return row.bind(known->key).next() ? std::optional(read_row(row)) : std::nullopt;
}

void sqlite_commands::set_state(std::int64_t id, command_state state) {
  query row(*in_, "UPDATE run_commands SET state = ? WHERE id = ?");
  if (row.bind(name_of(state)).bind(id).run() == 0)
    throw error("not_found", fmt::format("there is no command {}", id));
}

std::vector<command_row> sqlite_commands::list(const uuid& run) {
  const auto* const known = keys_->find(run);
  if (known == nullptr)
    return {};
  query rows(*in_, "SELECT c.id, r.id, command, c.requested_by, reason, at, state "
                   "FROM run_commands AS c INDEXED BY run_commands_of_run JOIN runs AS r USING (run_key) "
                   "WHERE c.run_key = ? ORDER BY c.id");
  return read_commands(rows.bind(known->key));
}

std::vector<command_row> sqlite_commands::after(std::int64_t id, std::size_t limit) {
  query rows(*in_, "SELECT c.id, r.id, command, c.requested_by, reason, at, state "
                   "FROM run_commands AS c CROSS JOIN runs AS r USING (run_key) "
                   "WHERE c.id > ? ORDER BY c.id LIMIT ?");
  return read_commands(rows.bind(id).bind(std::uint64_t{limit}));
}

std::int64_t sqlite_commands::last_id() {
  query newest(*in_, "SELECT max(id) FROM run_commands");
  return newest.next() ? newest.integer() : 0;
}

std::size_t sqlite_commands::erase(const uuid& run, std::size_t limit) {
  auto* const known = keys_->find(run);
  if (known == nullptr)
    return 0;
  std::optional<std::int64_t> last;
  {
    query oldest(*in_, "SELECT id FROM run_commands INDEXED BY run_commands_of_run WHERE run_key = ? "
                       "ORDER BY id LIMIT ?");
    for (oldest.bind(known->key).bind(std::uint64_t{limit}); oldest.next();)
      last = oldest.integer();
  }
  if (!last)
    return 0;
  query rows(*in_, "DELETE FROM run_commands WHERE run_key = ? AND id <= ?");
  return static_cast<std::size_t>(rows.bind(known->key).bind(*last).run());
}

} // namespace sluice
