#include "nodes/io/exec_sink.hpp"

#include "nodes/io/io_options.hpp"

#include <fmt/format.h>

namespace sluice {

void exec_sink::on_start(node_context&) {
  child_ = std::make_unique<child_process>(command_, child_stream::input);
  attach(child_->input());
}

void exec_sink::attend(node_context& context) {
  if (child_)
    log_.drain(*child_, context);
}

void exec_sink::finish(node_context& context) {
  child_->close_input();
  const auto status = await_exit(context);
  const auto words = log_.finish(context);
  child_.reset();
  if (!status.success())
    throw error("command_failed",
                fmt::format("the command {} {}{}", destination(), to_string(status), words));
}

exit_status exec_sink::await_exit(node_context& context) {
  using clock = std::chrono::steady_clock; // a process ends in real time, whatever the flow's clock says
  std::optional<clock::time_point> deadline;
  for (;;) {
    if (const auto status = child_->status()) {
      log_.drain(*child_, context);
      return *status;
    }
    // A command may work long on what it got (sort), so it has all the time while nobody asked the flow to
    // stop.
    if (context.stopping() && !deadline)
      deadline = clock::now() + grace_;
    if (deadline && clock::now() >= *deadline)
      return child_->stop(grace_);
    if (child_->wait(defaults::source_wait).errors)
      log_.drain(*child_, context);
  }
}

void exec_sink::release(node_context& context) noexcept {
  if (!child_)
    return;
  try {
    log_.drain(*child_, context);
    (void)log_.finish(context);
    (void)child_->stop(grace_);
  } catch (...) {
    // The destructor kills and collects it.
  }
  child_.reset();
}

error exec_sink::closed_error(node_context& context) {
  // It may close its stdin a moment before it exits; only the exit shows whether that was a failure.
  const auto status = child_ ? child_->wait_for_exit(grace_) : std::nullopt;
  if (status && !status->success()) {
    log_.drain(*child_, context);
    return {"command_failed",
            fmt::format("the command {} {}{}", destination(), to_string(*status), log_.finish(context))};
  }
  return {"closed_pipe", fmt::format("the command {} takes no more input", destination())};
}

node_type exec_sink_type() {
  node_type type;
  type.name = "exec";
  type.category = "sink";
  type.summary = "Runs a command and writes each message as a line to its standard input.";
  type.description =
      "The command is started without a shell, in a process group of its own. Its stdout is this program's; "
      "what it writes to stderr is logged as warnings. A command that reads slowly holds the edges back.\n"
      "A command that cannot be started stops the flow before it begins (`cannot_start`). At the end its "
      "stdin is closed and its end awaited; a status other than 0, or a signal, is the error "
      "`command_failed`, with the last lines it wrote to stderr. One that stops reading early and exits with "
      "0 (`head`) ends the flow cleanly. When "
      "the flow is asked to stop, the command has `grace` to end after its input did; then its group gets "
      "SIGTERM and, after `grace` again, SIGKILL.";
  type.options = {command_option(), format_option(), grace_option()};
  type.ports.inputs = {any_input()};
  type.example = "{ type: exec, command: [gzip, -c], format: json }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::outside;
  type.make = [](const options& given) {
    return std::make_unique<exec_sink>(command_of(given), format_of(given), given.get_duration("grace"));
  };
  return type;
}

} // namespace sluice
