#include "runtime/cli/command_line.hpp"

#include "model/base/error.hpp"
#include "model/config/suggestion.hpp"
#include "runtime/cli/command_options.hpp"
#include "runtime/cli/config_command_line.hpp"
#include "runtime/cli/db_command_line.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flows_command_line.hpp"
#include "runtime/cli/lanes_command_line.hpp"
#include "runtime/cli/leases_command_line.hpp"
#include "runtime/cli/rules_command_line.hpp"
#include "runtime/cli/runs_command_line.hpp"
#include "runtime/cli/serve_command_line.hpp"
#include "runtime/cli/top_command_line.hpp"
#include "runtime/http/loopback.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// Returns what is wrong with a value of `--listen`, or an empty string.
std::string listen_complaint(const std::string& text) {
  try {
    (void)parse_listen_address(text);
    return {};
  } catch (const error& refused) {
    return fmt::format("{} [{}]", refused.what(), refused.code());
  }
}

/// The parser and where its values go.
class command_line {
public:
  command_line()
      : app_("Dataflow graphs of actors, with bounded edges that say what happens when they are full.",
             "sluice") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", version_text(), "Print the version and exit");
    app_.footer(
        "`sluice COMMAND --help` says more. Exit status: 0 done, 1 failed, 2 usage, 3 the drain "
        "deadline cut\n"
        "something off, 69 a server cannot be reached, 77 it wants another token, 78 configuration, 130 or "
        "143\naborted by a second signal.");
    add_run();
    add_validate();
    add_graph();
    add_nodes();
    add_demo();
    add_runs_commands(app_, chosen_);
    add_lanes_commands(app_, chosen_);
    add_rules_commands(app_, chosen_);
    add_leases_commands(app_, chosen_);
    add_flows_commands(app_, chosen_);
    add_top_command(app_, chosen_);
    add_serve_command(app_, chosen_);
    add_config_commands(app_, chosen_);
    add_db_commands(app_, chosen_);
    add_completion();
  }
  command_line(const command_line&) = delete;
  command_line& operator=(const command_line&) = delete;

  CLI::App& app() noexcept { return app_; }

  const cli_command& chosen() const { return *chosen_; }

private:
  static void add_file(CLI::App& command, std::string& file) {
    command.add_option("FILE", file, "The graph, as YAML; - reads standard input")
        ->required()
        ->type_name("FILE");
  }

  static void add_assignments(CLI::App& command, std::vector<std::string>& assignments) {
    command
        .add_option("--set", assignments,
                    "Replace a value of the file, as in nodes.read.path=/tmp/x; may be repeated")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
  }

  static void add_flow(CLI::App& command, flow_arguments& flow) {
    add_choice(
        command, "--summary", {"json", "text"}, [&flow](const std::string& form) { flow.summary = form; },
        "At the end, print what went over each edge: json on the last line of stdout, or a table on stderr");
    command
        .add_option("--listen", flow.listen,
                    "Serve /metrics and /healthz here while it runs, as in 127.0.0.1:9464")
        ->check(listen_complaint)
        ->type_name("ADDRESS:PORT");
    add_duration(command, "--drain-timeout", flow.drain_timeout,
                 "How long edges may take to empty after the first signal (default 30s)");
    command.add_flag("-q,--quiet", flow.quiet, "No progress, no table, no notices; logs errors only");
    command.add_option("--workers", flow.workers, "Worker threads (default: one per core)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1024}))
        ->type_name("N");
    add_choice(
        command, "--scheduler", {"sharing", "stealing"},
        [&flow](const std::string& name) { flow.sharing = name == "sharing"; },
        "How workers share actors (default sharing, which is fair)");
    add_log(command, flow.log_level, flow.log_format);
  }

  /// Adds a command that puts `arguments`, once they are parsed, into `chosen_`.
  template <class Arguments>
  CLI::App& add(const char* name, const char* description, const Arguments& arguments) {
    auto& command = *app_.add_subcommand(name, description);
    command.callback([this, &arguments] { chosen_ = arguments; });
    return command;
  }

  void add_run() {
    auto& command = add("run", "Run a graph until its sources end", run_);
    add_file(command, run_.file);
    add_assignments(command, run_.assignments);
    add_flow(command, run_.flow);
    command.footer("The first SIGINT or SIGTERM stops the sources and lets the edges drain; the second "
                   "aborts. What\n"
                   "comes within 100 ms of the first is the same request.");
  }

  void add_validate() {
    auto& command = add("validate", "Report everything that is wrong with graphs", validate_);
    command.add_option("FILE", validate_.files, "Graphs, as YAML; - reads standard input")
        ->required()
        ->type_name("FILE");
    add_assignments(command, validate_.assignments);
    add_choice(
        command, "--format", {"text", "json"},
        [this](const std::string& form) { validate_.json = form == "json"; },
        "How findings are printed (default text)");
  }

  void add_graph() {
    auto& command = add("graph", "Print the topology of a graph", graph_);
    add_file(command, graph_.file);
    add_assignments(command, graph_.assignments);
    add_choice(
        command, "--format", {"dot", "mermaid"},
        [this](const std::string& form) { graph_.mermaid = form == "mermaid"; },
        "For Graphviz (default dot) or Mermaid");
  }

  void add_nodes() {
    auto& command = add("nodes", "List the node types, or explain one", nodes_);
    command.add_option("NAME", nodes_.name, "The node type to explain")->type_name("NODE_TYPE");
    add_choice(
        command, "--format", {"text", "json"},
        [this](const std::string& form) { nodes_.json = form == "json"; },
        "How they are printed (default text)");
  }

  void add_demo() {
    auto& command =
        add("demo", "Run a small graph over this machine's package log, and explain the result", demo_);
    add_flow(command, demo_.flow);
  }

  void add_completion() {
    auto& command = add("completion", "Print a completion script: bash, zsh or fish", completion_);
    command.add_option("SHELL", completion_.shell, "The shell")
        ->required()
        ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
  }

  CLI::App app_;
  std::optional<cli_command> chosen_;
  run_arguments run_;
  validate_arguments validate_;
  graph_arguments graph_;
  nodes_arguments nodes_;
  demo_arguments demo_;
  completion_arguments completion_;
};

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

/// Returns the command that was typed, as far as it was understood.
const CLI::App& innermost(const CLI::App& app) {
  const auto typed = app.get_subcommands();
  return typed.empty() ? app : innermost(*typed.front());
}

std::string without_dashes(const std::string& name) {
  return name.substr(std::min(name.find_first_not_of('-'), name.size()));
}

/// Returns ` (did you mean '--X'?)` for an option that `command` does not have, or an empty string.
std::string suggest_option(const std::string& wrong, const CLI::App& command) {
  std::vector<std::string> known;
  for (const auto* option : command.get_options())
    known.insert(known.end(), option->get_lnames().begin(), option->get_lnames().end());
  const auto bare = without_dashes(wrong);
  const bool only_dashes = std::find(known.begin(), known.end(), bare) != known.end();
  const auto* best = only_dashes ? &bare : nearest(bare, known);
  return best ? fmt::format(" (did you mean '--{}'?)", *best) : std::string{};
}

/// Returns what is wrong with `app`'s command line: an option that it does not have, which may be why a value
/// was not expected or something else is missing; otherwise what the parser says.
std::string explain(const CLI::ParseError& wrong, const CLI::App& app) {
  const auto extras = app.remaining(true);
  const auto option = std::find_if(extras.begin(), extras.end(), [](const std::string& one) {
    return one.size() > 1 && one.front() == '-' && one != "--";
  });
  if (option == extras.end())
    return extras.empty() ? wrong.what() : fmt::format("unexpected argument '{}'", extras.front());
  const auto name = option->substr(0, option->find('='));
  return fmt::format("unknown option '{}'{}", name, suggest_option(name, innermost(app)));
}

cli_answer usage_error(const std::string& text) {
  return {exit_status::usage, "", fmt::format("sluice: {}\nTry 'sluice --help'.\n", text)};
}

/// Returns the answer to a word that should be a command and is none, or that is missing; nothing when all is
/// well so far.
std::optional<cli_answer> check_commands(int argc, const char* const* argv, const CLI::App& app) {
  const auto* group = &app;
  std::string path;
  for (int next = 1;; ++next) {
    const auto names = command_names(*group);
    if (names.empty())
      return std::nullopt;
    if (next >= argc)
      return cli_answer{exit_status::usage, "", group == &app ? app.help() : group->help("sluice")};
    const std::string word = argv[next];
    if (word.empty() || word.front() == '-')
      return std::nullopt;
    path += (path.empty() ? "" : " ") + word;
    if (std::find(names.begin(), names.end(), word) == names.end())
      return usage_error(fmt::format("unknown command '{}'{}", path, suggest(word, names)));
    group = group->get_subcommand(word);
  }
}

/// Returns `a` and `b` of a type name such as `TEXT:{a,b}`.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos)
    return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

void describe_option(const CLI::Option& option, command_tree& out) {
  if (option.nonpositional()) {
    command_option described{{},
                             option.get_description(),
                             option.get_items_expected_max() > 0,
                             option.get_type_name() == "FILE",
                             choices_of(option)};
    for (const auto& name : option.get_lnames())
      described.names.push_back("--" + name);
    for (const auto& name : option.get_snames())
      described.names.push_back("-" + name);
    out.options.push_back(std::move(described));
  } else {
    out.takes_file |= option.get_type_name().find("FILE") != std::string::npos;
    const auto choices = choices_of(option);
    out.choices.insert(out.choices.end(), choices.begin(), choices.end());
  }
}

command_tree describe(const CLI::App& app) {
  command_tree tree;
  tree.name = app.get_name();
  tree.description = app.get_description();
  for (const auto* option : app.get_options())
    describe_option(*option, tree);
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    tree.subcommands.push_back(describe(*command));
  return tree;
}

} // namespace

std::variant<cli_command, cli_answer> parse_command_line(int argc, const char* const* argv) {
  command_line line;
  auto& app = line.app();
  if (auto wrong = check_commands(argc, argv, app))
    return std::move(*wrong);
  try {
    app.parse(argc, argv);
    return line.chosen();
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return cli_answer{exit_status::success, chosen.empty() ? app.help() : chosen.front()->help("sluice"), ""};
  } catch (const CLI::CallForVersion&) {
    return cli_answer{exit_status::success, version_text() + "\n", ""};
  } catch (const CLI::ParseError& wrong) {
    return usage_error(explain(wrong, app));
  }
}

command_tree describe_command_line() {
  command_line line;
  return describe(line.app());
}

std::string version_number() {
  return SLUICE_VERSION;
}

std::string version_text() {
  return "sluice " + version_number();
}

} // namespace sluice
