#include "runtime/cli/event_inbox.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/runs_commands.hpp"
#include "runtime/cli/runs_text.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/wire/runs_json.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <ostream>
#include <utility>

namespace sluice {

namespace {

/// Events that are asked for at a time: a page is one read transaction.
constexpr std::size_t page_events = 1'000;
/// Time between two looks whether anybody reads the output.
constexpr std::chrono::milliseconds idle_wait{500};

bool is_end(run_event_kind kind) {
  return kind == run_event_kind::run_succeeded || kind == run_event_kind::run_failed ||
         kind == run_event_kind::run_cancelled;
}

/// Prints events up to the limit and knows whether their run is over.
class event_printer {
public:
  event_printer(const runs_events_arguments& arguments, const runs_scene& scene)
      : arguments_(&arguments),
        scene_(&scene),
        left_(arguments.limit.value_or(std::numeric_limits<std::uint64_t>::max())) {}

  /// Stops behind the end of the run only when told to: what is history may go on after it.
  void print(const std::vector<run_event>& events, bool stops_at_end = false) {
    for (const auto& event : events) {
      if (is_full() || (stops_at_end && is_over()))
        return;
      last_id_ = event.id;
      note_end(event.kind);
      if (!is_new(event))
        continue;
      --left_;
      if (scene_->json)
        out() << event_json(event) << '\n';
      else
        out() << event_line(event, !arguments_->run);
    }
  }

  /// No more is to be printed, or nobody reads it.
  bool is_full() const { return left_ == 0 || out().fail(); }
  bool is_over() const noexcept { return arguments_->run && end_; }
  /// How the run ended, if it is over.
  std::optional<run_event_kind> end() const noexcept { return end_; }
  std::int64_t last_id() const noexcept { return last_id_; }
  std::uint64_t left() const noexcept { return left_; }
  std::ostream& out() const { return scene_->streams.out; }

private:
  bool is_new(const run_event& event) const {
    return arguments_->run ? event.seq > arguments_->since
                           : static_cast<std::uint64_t>(event.id) > arguments_->since;
  }

  /// A run that is over may be resumed, which says so.
  void note_end(run_event_kind kind) {
    if (is_end(kind))
      end_ = kind;
    else if (kind == run_event_kind::run_resumed)
      end_.reset();
  }

  const runs_events_arguments* arguments_;
  const runs_scene* scene_;
  std::uint64_t left_;
  std::int64_t last_id_ = 0;
  std::optional<run_event_kind> end_;
};

/// Prints what there is of one run, after number `since`.
void print_history(const uuid& run, std::uint64_t since, runs_client& client, event_printer& printer) {
  while (!printer.is_full()) {
    const auto page = client.events(run, since, page_events);
    printer.print(page);
    if (page.size() < page_events)
      return;
    since = page.back().seq;
  }
}

/// Prints what there is of all runs, after id `since`.
void print_history(std::int64_t since, runs_client& client, event_printer& printer) {
  while (!printer.is_full()) {
    const auto limit = static_cast<std::size_t>(std::min<std::uint64_t>(page_events, printer.left()));
    const auto page = client.events(since, limit);
    printer.print(page);
    if (page.size() < limit)
      return;
    since = page.back().id;
  }
}

/// Prints what comes until `inbox` is stopped or gives up, the run is over, or nobody wants more. Returns
/// whether to go on after the last that was printed.
bool print_live(const runs_events_arguments& arguments, const runs_scene& scene, event_inbox& inbox,
                std::int64_t since, event_printer& printer) {
  const auto subscription = scene.client.subscribe(
      since, arguments.run, [&inbox](const std::vector<run_event>& events) { inbox.put(events); },
      [&inbox](std::exception_ptr why) { inbox.end(std::move(why)); });
  while (!printer.is_full() && !printer.is_over() && !inbox.is_stopped()) {
    printer.print(inbox.take(idle_wait), true);
    printer.out().flush();
    if (inbox.is_cut_off())
      return true;
    if (scene.streams.reader_has_gone && scene.streams.reader_has_gone())
      return false;
  }
  // What came before the end.
  printer.print(inbox.take(std::chrono::milliseconds{0}), true);
  return false;
}

/// Prints what there is and what comes, until the first signal at the latest. Throws why no more can come.
void follow(const runs_events_arguments& arguments, const runs_scene& scene, event_printer& printer) {
  // The client starts its threads at its first call; they must not get the signals.
  const signal_block block;
  event_inbox inbox;
  const stop_signals signals([&](int signal, unsigned count) {
    inbox.stop();
    if (count > 1 && scene.streams.leave)
      scene.streams.leave(exit_status::signal_base + signal); // it hangs in a write
  });
  auto since = static_cast<std::int64_t>(arguments.since);
  if (arguments.run) {
    // From the first on, for whether the run is over stands anywhere.
    print_history(*arguments.run, 0, scene.client, printer);
    printer.out().flush();
    since = printer.last_id();
  }
  while (print_live(arguments, scene, inbox, since, printer)) {
    since = std::max(since, printer.last_id());
    inbox.restart();
  }
  inbox.rethrow();
}

int status_of(const event_printer& printer) {
  const auto end = printer.is_over() ? printer.end() : std::nullopt;
  return end && *end != run_event_kind::run_succeeded ? exit_status::failed : exit_status::success;
}

} // namespace

int carry_out(const runs_events_arguments& arguments, const runs_scene& scene) {
  event_printer printer(arguments, scene);
  if (arguments.follow) {
    follow(arguments, scene, printer);
    return status_of(printer);
  }
  if (arguments.run)
    print_history(*arguments.run, arguments.since, scene.client, printer);
  else
    print_history(static_cast<std::int64_t>(arguments.since), scene.client, printer);
  return exit_status::success;
}

int follow_run(const uuid& run, std::uint64_t since, const runs_scene& scene) {
  runs_events_arguments arguments;
  arguments.run = run;
  arguments.since = since;
  arguments.follow = true;
  return carry_out(arguments, scene);
}

} // namespace sluice
