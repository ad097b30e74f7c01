#include "nodes/io/exec_source.hpp"

#include "nodes/io/io_options.hpp"

#include <fmt/format.h>

namespace sluice {

exec_source::exec_source(settings chosen)
    : settings_(std::move(chosen)),
      reader_("the output of '" + settings_.command.front() + "'", settings_.line_limit) {}

void exec_source::start_child() {
  child_ = std::make_unique<child_process>(settings_.command, child_stream::output);
  reader_.reset();
  output_ended_ = false;
}

produce_result exec_source::produce(node_context& context, std::size_t room) {
  if (room == 0 || reader_.emit_lines(context, room) > 0)
    return produce_result::more;
  if (ended_)
    return produce_result::done;
  if (!child_)
    return await_restart(context);
  if (output_ended_)
    return await_exit(context);
  read_output(context);
  (void)reader_.emit_lines(context, room);
  return produce_result::more;
}

void exec_source::read_output(node_context& context) {
  const auto seen = child_->wait(defaults::source_wait);
  if (seen.errors)
    log_.drain(*child_, context);
  if (!seen.output)
    return;
  // As a shell's pipe, the output ends with the last process that holds it: what the command left in the
  // background may still write when the command itself has exited.
  output_ended_ = reader_.read(child_->output(), std::chrono::milliseconds{0}) == line_reader::input::end;
  if (!output_ended_)
    return;
  child_->close_output();
  reader_.finish();
}

produce_result exec_source::await_exit(node_context& context) {
  const auto status = child_->status();
  if (!status) {
    if (child_->wait(defaults::source_wait).errors)
      log_.drain(*child_, context);
    return produce_result::more;
  }
  log_.drain(*child_, context);
  const auto words = log_.finish(context);
  child_.reset();
  return after_exit(context, *status, words);
}

produce_result exec_source::after_exit(node_context& context, const exit_status& status,
                                       const std::string& words) {
  if (!status.success()) {
    message original{text(settings_.command.front())};
    original.set_timestamp(context.timestamp());
    context.fail(std::move(original), "command_failed",
                 fmt::format("the command '{}' {}{}", settings_.command.front(), to_string(status), words));
  }
  const bool again = settings_.restart == restart_rule::always ||
                     (settings_.restart == restart_rule::on_failure && !status.success());
  if (!again) {
    ended_ = true;
    return produce_result::done;
  }
  restart_at_ = context.now() + settings_.restart_delay;
  return await_restart(context);
}

produce_result exec_source::await_restart(node_context& context) {
  if (const auto now = context.now(); now < restart_at_) {
    context.request_tick(restart_at_ - now);
    return produce_result::wait;
  }
  restart_at_ = context.now() + settings_.restart_delay; // for the case that starting throws
  start_child();
  context.log(log_level::info, "command_restarted",
              fmt::format("started '{}' again", settings_.command.front()));
  return produce_result::more;
}

void exec_source::on_stop(node_context& context) {
  if (!child_)
    return;
  log_.drain(*child_, context);
  (void)log_.finish(context);
  (void)child_->stop(settings_.grace);
  child_.reset();
}

namespace {

exec_source::restart_rule restart_of(const options& given) {
  const auto chosen = given.get_string("restart");
  return chosen == "always"       ? exec_source::restart_rule::always
         : chosen == "on_failure" ? exec_source::restart_rule::on_failure
                                  : exec_source::restart_rule::never;
}

std::vector<option_spec> options_of_type() {
  return {
      command_option(),
      {.name = "restart",
       .kind = option_kind::choice,
       .default_value = "never",
       .description = "Whether to start the command again when it ends.",
       .choices = {"never", "on_failure", "always"}},
      {.name = "restart_delay",
       .kind = option_kind::duration,
       .default_value = "1s",
       .description = "Time between the end of the command and its next start.",
       .minimum = 1e6},
      line_limit_option(),
      grace_option(),
  };
}

} // namespace

node_type exec_source_type() {
  node_type type;
  type.name = "exec";
  type.category = "source";
  type.summary = "Runs a command and reads the lines it writes to its standard output.";
  type.description =
      "Each line is one text message without its line end (`\\n`), by the rules of `stdin`. What the command "
      "writes to stderr is logged as warnings. It is started without a shell, with /dev/null as its stdin, "
      "in a process "
      "group of its own.\n"
      "As in a shell's pipe, the output ends when the command and everything it started has closed it: "
      "what it left in the background is waited for. A process that redirected its output "
      "(`daemon > /dev/null &`) is not waited for, and left running when the source ends by itself.\n"
      "A command that cannot be started stops the flow before it begins (`cannot_start`). One that ends with "
      "a status other than 0, or by a signal, is the error `command_failed`, with the last lines it wrote "
      "to stderr. Then, and when it ends well, "
      "`restart` decides whether it is started again; otherwise the source ends. When the flow stops, the "
      "whole group, what is in the background included, gets SIGTERM and, after `grace`, SIGKILL. A process "
      "that left the group (setsid) lives on, but holds nothing up any more.";
  type.options = options_of_type();
  type.ports.outputs = {line_output()};
  type.example = "{ type: exec, command: [journalctl, -f, -o, json], restart: always }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::outside;
  type.make = [](const options& given) {
    return std::make_unique<exec_source>(
        exec_source::settings{command_of(given), restart_of(given), given.get_duration("restart_delay"),
                              given.get_duration("grace"), line_limit_of(given)});
  };
  return type;
}

} // namespace sluice
