#include "runtime/cli/commands.hpp"
#include "runtime/cli/database_file.hpp"
#include "runtime/cli/file_runs_client.hpp"
#include "runtime/cli/plain_log.hpp"
#include "runtime/cli/runs_commands.hpp"

#include <type_traits>

namespace sluice {

namespace {

template <class Action>
int carry_out_on(const Action& action, const runs_arguments& arguments, const std::filesystem::path& database,
                 cli_streams& streams) {
  using missing_file = file_runs_client::missing_file;
  constexpr bool makes = std::is_same_v<Action, runs_submit_arguments>;
  plain_log log(streams);
  file_runs_client client(database, log.sink(), makes ? missing_file::make : missing_file::refuse);
  return carry_out(action, runs_scene{client, streams, arguments.json});
}

int carry_out_on(const runs_work_arguments& action, const runs_arguments& arguments,
                 const std::filesystem::path& database, cli_streams& streams) {
  return work_on(action, database, arguments.json, streams);
}

} // namespace

int execute(const runs_arguments& arguments, const node_catalog&, cli_streams& streams) {
  const auto database = find_database(arguments.database, streams);
  return std::visit([&](const auto& action) { return carry_out_on(action, arguments, database, streams); },
                    arguments.action);
}

std::string asking(const std::string& by, const cli_streams& streams) {
  if (!by.empty() || !streams.environment)
    return by;
  return streams.environment("USER").value_or("");
}

} // namespace sluice
