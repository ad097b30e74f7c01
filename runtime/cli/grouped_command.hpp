#pragma once

#include "runtime/cli/arguments.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
} // namespace CLI

namespace sluice {

/// What a command of a group (`runs`, `lanes`, …) is given: what all of the group take, and what it alone
/// takes.
template <class Arguments, class Action>
struct grouped_command {
  Arguments common;
  Action action;
};

/// Makes command `name` of `group`. `when_given` is called when the command line names it.
CLI::App& add_command(CLI::App& group, const std::string& name, const char* description,
                      std::function<void()> when_given);

/// Makes command `name` of `group`, which is `made` then. When it is given, `chosen` is what it was given.
/// Returns what its options are to fill: that lives as long as the parser, which keeps the callback.
template <class Arguments, class Action>
grouped_command<Arguments, Action>& add_grouped(CLI::App& group, const std::string& name,
                                                const char* description, std::optional<cli_command>& chosen,
                                                CLI::App*& made) {
  auto given = std::make_shared<grouped_command<Arguments, Action>>();
  made = &add_command(group, name, description, [given, &chosen] {
    given->common.action = given->action;
    chosen = given->common;
  });
  return *given;
}

} // namespace sluice
