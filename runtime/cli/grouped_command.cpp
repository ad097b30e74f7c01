#include "runtime/cli/grouped_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <utility>

namespace sluice {

CLI::App& add_command(CLI::App& group, const std::string& name, const char* description,
                      std::function<void()> when_given) {
  auto& made = *group.add_subcommand(name, description);
  made.callback(std::move(when_given));
  return made;
}

} // namespace sluice
