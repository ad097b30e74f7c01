#include "runtime/server/flow_keeper.hpp"

#include "runtime/server/flow_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <random>
#include <set>
#include <utility>

namespace sluice {

namespace {

/// Flows that have ended and are still shown.
constexpr std::size_t ended_kept = 100;

/// How long those show what their edges and nodes have counted, and how many at most: a few scrapes, for the
/// last values. Where flows come and go, scrapes would be mostly about those that are gone.
constexpr std::chrono::minutes counters_kept{5};
constexpr std::size_t counters_kept_of = 25;

/// Threads of all flows together: each has one for its supervisor and one for each blocking node.
constexpr std::size_t threads_limit = 1000;

/// How long a keeper that goes waits for what it aborts; the flows' own bound is `defaults::abort_timeout`.
constexpr std::chrono::nanoseconds last_wait = 3 * defaults::abort_timeout + std::chrono::seconds{1};

random_source seeded_random() {
  std::random_device device;
  const auto seed = (std::uint64_t{device()} << 32) | device();
  return [engine = std::mt19937_64(seed)]() mutable { return engine(); };
}

std::size_t threads_of(const flow_plan& plan) {
  const auto blocking = std::count_if(plan.nodes().begin(), plan.nodes().end(), [](const planned_node& each) {
    return each.execution == execution_kind::blocking;
  });
  return 1 + static_cast<std::size_t>(blocking);
}

/// All that is left to show of a flow that ended a while ago.
flow_snapshot outcome_of(const kept_flow& ended) {
  flow_snapshot bare;
  bare.name = ended.name;
  bare.status = ended.status();
  return bare;
}

/// What ends of flows need, which may come after the keeper has gone.
struct end_listener {
  flow_book book{ended_kept, threads_limit};
  std::function<utc_time()> clock;
  std::mutex mutex;
  /// Empty once the keeper has gone.
  log_sink log;

  void write(log_level level, std::string_view event, std::string_view text) {
    const std::lock_guard lock(mutex);
    if (log)
      log(level, event, text);
  }

  void on_end(const uuid& id, const flow_summary& summary) {
    if (const auto ended = book.note_end(id, summary, clock()))
      write_end(*ended);
  }

  void write_end(const kept_flow& ended) {
    const auto& summary = *ended.summary;
    const bool failed = summary.outcome == flow_status::failed || summary.deadline_exceeded;
    write(failed ? log_level::error : log_level::info, "flow_ended",
          fmt::format("flow '{}' ({}) {}{}{}, {} messages discarded", ended.name, to_string(ended.id),
                      to_string(summary.outcome), summary.reason.empty() ? "" : ": ", summary.reason,
                      summary.discarded));
  }
};

} // namespace

struct flow_keeper::state {
  flow_runtime* runtime;
  const node_catalog* nodes;
  environment_lookup environment;
  std::shared_ptr<end_listener> kept = std::make_shared<end_listener>();
  std::mutex ids_mutex = {};
  uuid_maker ids{seeded_random()};
};

flow_keeper::flow_keeper(flow_runtime& runtime, const node_catalog& nodes, std::function<utc_time()> clock,
                         log_sink log, environment_lookup environment)
    : state_(new state{&runtime, &nodes, std::move(environment)}) {
  state_->kept->clock = std::move(clock);
  state_->kept->log = std::move(log);
}

flow_keeper::~flow_keeper() {
  const auto abort = [](const kept_flow& each) { each.handle.abort("the server has ended"); };
  state_->kept->book.close(abort);
  for (const auto& each : state_->kept->book.running())
    abort(each);
  (void)state_->kept->book.wait_for_all(last_wait);
  const std::lock_guard lock(state_->kept->mutex);
  state_->kept->log = {};
}

flow_keeper::start_answer flow_keeper::start(const std::string& yaml, const std::string& file,
                                             std::string name, std::string by, bool allow_execution) {
  auto admitted = check({yaml, file, std::move(name), allow_execution});
  start_answer answer{std::nullopt, std::move(admitted.found)};
  if (admitted.plan)
    answer.started = start_checked(std::move(admitted.plan), new_id(), std::move(by));
  return answer;
}

admitted_flow flow_keeper::check(const flow_submission& submission) const {
  return admit_flow(submission, *state_->nodes, state_->environment);
}

uuid flow_keeper::new_id() {
  const std::lock_guard lock(state_->ids_mutex);
  return state_->ids.make(state_->kept->clock());
}

kept_flow flow_keeper::start_checked(std::shared_ptr<const flow_plan> plan, const uuid& id, std::string by) {
  auto kept = state_->kept;
  const auto begin = [&]() -> kept_flow {
    flow_options options;
    options.ended = [kept, id](const flow_summary& summary) { kept->on_end(id, summary); };
    return {id, plan->name(), by, kept->clock(), {}, state_->runtime->start(plan, std::move(options))};
  };
  auto started = kept->book.add(id, threads_of(*plan), begin);
  kept->write(log_level::info, "flow_started",
              fmt::format("flow '{}' ({}) started by {}", started.name, to_string(id), started.by));
  if (started.summary)
    kept->write_end(started);
  return started;
}

std::vector<kept_flow> flow_keeper::list() const {
  return state_->kept->book.newest_first();
}

std::vector<flow_snapshot> flow_keeper::snapshots() const {
  std::vector<flow_snapshot> shown;
  std::set<std::string> names;
  const auto all = list();
  for (const auto& each : all)
    if (!each.summary) {
      shown.push_back(each.snapshot());
      names.insert(each.name);
    }
  std::vector<const kept_flow*> ended;
  for (const auto& each : all)
    if (each.summary && names.insert(each.name).second)
      ended.push_back(&each);
  std::stable_sort(ended.begin(), ended.end(), [](const kept_flow* one, const kept_flow* other) {
    return *one->ended_at > *other->ended_at;
  });
  const auto oldest = state_->kept->clock() - counters_kept;
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const bool counts = i < counters_kept_of && *ended[i]->ended_at >= oldest;
    shown.push_back(counts ? ended[i]->snapshot() : outcome_of(*ended[i]));
  }
  return shown;
}

std::optional<kept_flow> flow_keeper::find(const uuid& id) const {
  return state_->kept->book.find(id);
}

void flow_keeper::stop_all(std::chrono::nanoseconds drain_timeout) {
  const auto stop = [drain_timeout](const kept_flow& each) { each.handle.stop(drain_timeout); };
  state_->kept->book.close(stop);
  for (const auto& each : state_->kept->book.running())
    stop(each);
}

bool flow_keeper::wait_for_all(std::chrono::nanoseconds time) const {
  return state_->kept->book.wait_for_all(time);
}

} // namespace sluice
