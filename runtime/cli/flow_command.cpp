#include "runtime/cli/flow_command.hpp"

#include "metrics/flow_exposition.hpp"
#include "metrics/process_metrics.hpp"
#include "metrics/rule_exposition.hpp"
#include "runtime/cli/command_line.hpp"
#include "runtime/cli/console.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/flow_report.hpp"
#include "runtime/cli/json_output.hpp"
#include "runtime/cli/log_writer.hpp"
#include "runtime/cli/output_end.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/cli/terminal_use.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "runtime/http/metrics_listener.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <ostream>
#include <string>

namespace sluice {

namespace {

/// Time between two drawings of the live lines.
constexpr std::chrono::nanoseconds redraw_period = std::chrono::milliseconds{200};

/// Live lines would erase results that go to the same terminal.
bool shows_progress(const loaded_graph& graph, const flow_arguments& arguments, const cli_streams& streams) {
  return streams.err_is_terminal && !arguments.quiet && !uses_terminal(graph, streams.out_is_terminal);
}

log_writer::settings log_settings(const flow_arguments& arguments, const cli_streams& streams) {
  log_writer::settings wanted;
  wanted.level = arguments.quiet ? "error" : arguments.log_level;
  wanted.json = arguments.log_format ? *arguments.log_format == "json" : !streams.err_is_terminal;
  wanted.colours = streams.colours();
  return wanted;
}

std::string render_metrics(const flow_runtime& runtime, const rule_keepers* rules) {
  return render_flows(runtime.snapshots()) + (rules != nullptr ? render_rules(rules->counts()) : "") +
         render_process(read_process()) + render_build(version_number());
}

flow_summary watch(const flow& running, console& screen, const cli_streams& streams) {
  using clock = std::chrono::steady_clock;
  auto before = running.snapshot();
  auto before_at = clock::now();
  while (true) {
    if (auto ended = running.wait_for(redraw_period))
      return std::move(*ended);
    auto now = running.snapshot();
    const auto now_at = clock::now();
    const auto size = streams.size ? streams.size() : terminal_size{};
    screen.draw(live_frame(now, before, now_at - before_at, size, streams.colours()));
    before = std::move(now);
    before_at = now_at;
  }
}

void print_summary(const flow_summary& summary, const flow_arguments& arguments, cli_streams& streams) {
  const auto form = arguments.summary                             ? *arguments.summary
                    : streams.err_is_terminal && !arguments.quiet ? "text"
                                                                  : "";
  if (form == "json")
    streams.out << summary_json(summary) << '\n';
  else if (form == "text")
    streams.err << summary_table(summary);
  if (form != "text" && summary.outcome == flow_status::failed)
    streams.err << "sluice: the flow failed: " << summary.reason << '\n';
  streams.out.flush();
  streams.err.flush();
}

/// Keepers outlive the log that they write to while a flow runs.
class rule_logging {
public:
  rule_logging(rule_keepers* rules, log_sink log) : rules_(rules) {
    if (rules_ != nullptr)
      rules_->log_to(std::move(log));
  }
  ~rule_logging() {
    if (rules_ != nullptr)
      rules_->log_to({});
  }
  rule_logging(const rule_logging&) = delete;
  rule_logging& operator=(const rule_logging&) = delete;

private:
  rule_keepers* rules_;
};

/// The first signal drains, the second aborts.
class signal_response {
public:
  signal_response(flow running, log_writer& log) : running_(std::move(running)), log_(log) {}

  void operator()(int signal, unsigned count) {
    if (count == 1) {
      log_.announce("flow_stopping", "stopping: sources stop and edges drain; a second signal aborts");
      running_.stop();
    } else if (count == 2) {
      aborting_ = signal;
      running_.abort(fmt::format("aborted by signal {}", signal));
    }
  }

  std::optional<int> aborting() const {
    const int signal = aborting_;
    return signal == 0 ? std::nullopt : std::optional(signal);
  }

private:
  flow running_;
  log_writer& log_;
  std::atomic<int> aborting_{0};
};

} // namespace

int run_flow(const loaded_graph& graph, const flow_arguments& arguments, cli_streams& streams,
             rule_keepers* rules) {
  std::optional<signal_block> block(std::in_place);
  console screen(streams.err);
  log_writer log(screen, log_settings(arguments, streams));
  const rule_logging logging(rules, log.sink());
  const bool progress = shows_progress(graph, arguments, streams);
  flow_runtime runtime({arguments.workers, arguments.sharing, log.sink()});
  std::optional<metrics_listener> metrics;
  if (!arguments.listen.empty()) {
    metrics.emplace(arguments.listen, [&runtime, rules] { return render_metrics(runtime, rules); });
    log.announce("metrics_listening", fmt::format("metrics at http://{}/metrics", metrics->address()));
  }

  const auto running = runtime.start(graph.plan, {arguments.drain_timeout, defaults::abort_timeout});
  signal_response response(running, log);
  flow_summary summary;
  {
    const stop_signals signals(std::ref(response));
    summary = progress ? watch(running, screen, streams) : running.wait();
  }
  // Printing may wait for a reader: from here on a signal ends the process.
  block.reset();
  screen.clear();
  print_summary(summary, arguments, streams);
  const int status = exit_status::of_flow(summary.outcome, summary.deadline_exceeded, response.aborting());
  if (!summary.stuck.empty() && streams.leave)
    // A destructor would wait for the handler that does not return.
    streams.leave(end_output(streams, status));
  return status;
}

} // namespace sluice
