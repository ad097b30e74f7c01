#include "runtime/cli/rules_command_line.hpp"

#include "model/config/quantity.hpp"
#include "runtime/cli/command_options.hpp"
#include "runtime/cli/grouped_command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <limits>
#include <string>

namespace sluice {

namespace {

/// Numbers of changes are signed in the database.
constexpr std::uint64_t highest_number = std::numeric_limits<std::int64_t>::max();

std::string duration_complaint(const std::string& text) {
  const auto time = parse_duration(text);
  return time && *time > std::chrono::nanoseconds::zero()
             ? std::string{}
             : fmt::format("'{}' is not a duration such as 30m or 12h", text);
}

/// Adds commands to the group `rules`. What is parsed lives as long as the parser, which keeps the callbacks.
class rules_group {
public:
  rules_group(CLI::App& app, std::optional<cli_command>& chosen)
      : group_(*app.add_subcommand("rules", "Look at operators' rules, switch them off and on, check them")),
        chosen_(chosen) {
    group_.require_subcommand(1);
    group_.footer("Rules are in a database (--db, SLUICE_DB), in a directory (--rules), or on a server "
                  "(--url, SLUICE_URL).\nAn option goes before the environment, and there SLUICE_URL before "
                  "SLUICE_DB.");
  }

  void add_all() {
    add<rules_list_arguments>("list", "List the rules and what was said about them");
    add_place();
    auto* const show = add<rules_show_arguments>("show", "Show everything about a rule");
    add_rule(show->rule);
    add_place();
    add_validate();
    add_order("disable", rule_mode::disabled, "Switch a rule off: it tags nothing");
    add_order("enable", rule_mode::enabled, "Take back what was said about a rule");
    add_order("clip", rule_mode::clipped, "Put a ceiling on the confidence of a rule's tags");
    add_sync();
    add_tail();
  }

private:
  template <class Action>
  Action* add(const char* name, const char* description) {
    auto& given = add_grouped<rules_arguments, Action>(group_, name, description, chosen_, command_);
    common_ = &given.common;
    add_output(*command_, given.common.json);
    return &given.action;
  }

  void add_place() {
    auto* const directory =
        command_->add_option("--rules", common_->directory, "The directory with the rules")->type_name("DIR");
    auto* const database = add_database(*command_, common_->database)->excludes(directory);
    add_server(*command_, common_->server)->excludes(database)->excludes(directory);
  }

  void add_rule(std::string& rule) {
    command_->add_option("RULE", rule, "The rule's id")->required()->type_name("RULE");
  }

  void add_order(const char* name, rule_mode mode, const char* description) {
    auto* const order = add<rules_order_arguments>(name, description);
    order->mode = mode;
    add_rule(order->rule);
    if (mode == rule_mode::clipped)
      command_->add_option("--max", order->confidence_max, "The ceiling, 0 to 1")
          ->required()
          ->check(CLI::Range(0.0, 1.0))
          ->type_name("CONFIDENCE");
    auto* const reason =
        command_->add_option("--reason", order->reason, "Why, for those who look later")->type_name("TEXT");
    if (mode != rule_mode::enabled) {
      reason->required();
      add_end(*order);
    }
    add_by(*command_, order->by);
    add_place();
  }

  void add_end(rules_order_arguments& order) {
    auto* const lasts =
        command_
            ->add_option_function<std::string>(
                "--for", [&order](const std::string& text) { order.lasts = *parse_duration(text); },
                "How long; then the rule is enabled again by itself")
            ->check(duration_complaint)
            ->type_name("DURATION");
    add_moment(*command_, "--until", order.until, "Until this UTC time")->excludes(lasts);
    command_->footer("Without --for and --until it stays so until `sluice rules enable`.");
  }

  void add_validate() {
    auto* const validate = add<rules_validate_arguments>("validate", "Report everything wrong with rules");
    command_->add_option("PATH", validate->path, "A directory of rules, or a single file")
        ->required()
        ->type_name("FILE");
    add_server(*command_, common_->server);
    command_->footer(
        "The exit status is 78 when there is an error. Nothing is changed, and a server is asked "
        "only with --url:\nthen its version says what is wrong.");
  }

  void add_sync() {
    auto* const sync = add<rules_sync_arguments>("sync", "Make the rules of a database those of a directory");
    auto* const directory =
        command_->add_option("DIR", sync->directory, "The directory with the rules; none: a server's own")
            ->type_name("FILE");
    auto* const database = add_database(*command_, common_->database)->needs(directory);
    add_server(*command_, common_->server)->excludes(database)->excludes(directory);
    add_by(*command_, sync->by);
    command_->footer("What differs is defined, and what came from the same directory earlier and is gone is "
                     "removed; states\nstay. With an error in the directory nothing is done (exit status "
                     "78). A server with rules.directory and\nrules.sync does it by itself; `sync --url URL` "
                     "has it do so at once.");
  }

  void add_tail() {
    auto* const tail =
        add<rules_tail_arguments>("tail", "Print what happens to rules, a line each, until Ctrl-C");
    auto* const snapshot =
        command_->add_flag("--snapshot", tail->snapshot, "First the rules as they are, a line each");
    command_
        ->add_option_function<std::uint64_t>(
            "--since", [tail](std::uint64_t number) { tail->since = number; },
            "From the change after this number on, instead of from now on; not with --rules")
        ->check(CLI::Range(std::uint64_t{0}, highest_number))
        ->excludes(snapshot)
        ->type_name("N");
    add_count(*command_, "--count", tail->count, 1, "End after as many changes");
    command_->add_flag("--until-idle", tail->until_idle, "End when there is nothing left to print");
    add_place();
  }

  CLI::App& group_;
  /// The one that was added last, and what its options are to fill.
  CLI::App* command_ = nullptr;
  rules_arguments* common_ = nullptr;
  std::optional<cli_command>& chosen_;
};

} // namespace

void add_rules_commands(CLI::App& app, std::optional<cli_command>& chosen) {
  rules_group(app, chosen).add_all();
}

} // namespace sluice
