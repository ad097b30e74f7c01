#include "runtime/cli/lanes_command_line.hpp"

#include "model/config/quantity.hpp"
#include "runtime/cli/command_options.hpp"
#include "runtime/cli/grouped_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <string>
#include <utility>

namespace sluice {

namespace {

/// Adds a cap: a number, or `none`.
void add_cap(CLI::App& command, const char* name, std::optional<lane_cap>& value, const char* description) {
  command
      .add_option_function<std::string>(
          name,
          [&value](const std::string& text) {
            lane_cap cap;
            if (text != "none")
              cap = static_cast<std::uint64_t>(*parse_integer(text));
            value = cap;
          },
          description)
      ->check([](const std::string& text) {
        const auto number = parse_integer(text);
        return text == "none" || (number && *number >= 0)
                   ? std::string{}
                   : fmt::format("'{}' is neither a whole number nor none", text);
      })
      ->type_name("N|none");
}

/// Adds commands to the group `lanes`. What is parsed lives as long as the parser, which keeps the callbacks.
class lanes_group {
public:
  lanes_group(CLI::App& app, std::optional<cli_command>& chosen)
      : group_(*app.add_subcommand("lanes", "Look at lanes of durable runs, switch them, and cap them")),
        chosen_(chosen) {
    group_.require_subcommand(1);
    group_.footer("Lanes are in a database (--db, SLUICE_DB) or on a server (--url, SLUICE_URL). An option "
                  "goes before\nthe environment, and there SLUICE_URL before SLUICE_DB.");
  }

  void add_all() {
    add<lanes_list_arguments>("list", "List the lanes that were set, have ticked or have runs");
    auto* const show = add<lanes_show_arguments>("show", "Show a lane");
    add_lane(*command_, "LANE", show->lane, "The lane, as LANE or ENV/LANE")->required();
    add_switch("enable", "Let workers claim runs of a lane again", true);
    add_switch("disable", "The kill switch: no run of the lane is claimed, active ones are handed back",
               false);
    auto* const set = add<lanes_set_arguments>("set", "Set the caps of a lane");
    add_lane(*command_, "LANE", set->lane, "The lane, as LANE or ENV/LANE")->required();
    add_cap(*command_, "--ticks-per-day", set->ticks_per_day, "Steps taken from midnight to midnight UTC");
    add_cap(*command_, "--concurrent-runs", set->concurrent_runs, "Runs that workers have in hand at a time");
    add_by(*command_, set->by);
  }

private:
  template <class Action>
  Action* add(const char* name, const char* description) {
    auto& given = add_grouped<lanes_arguments, Action>(group_, name, description, chosen_, command_);
    add_database_or_server(*command_, given.common.database, given.common.server);
    add_output(*command_, given.common.json);
    return &given.action;
  }

  void add_switch(const char* name, const char* description, bool enabled) {
    auto* const given = add<lanes_switch_arguments>(name, description);
    given->enabled = enabled;
    add_lane(*command_, "LANE", given->lane, "The lane, as LANE or ENV/LANE")->required();
    command_->add_option("--reason", given->reason, "Why, for those who look later")->type_name("TEXT");
    add_by(*command_, given->by);
  }

  CLI::App& group_;
  /// The one that was added last.
  CLI::App* command_ = nullptr;
  std::optional<cli_command>& chosen_;
};

} // namespace

void add_lanes_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  lanes_group(app, chosen).add_all();
}

} // namespace sluice
