#include "runtime/embed/run_runtime.hpp"

#include "actors/messaging/logger_mark.hpp"
#include "actors/messaging/send.hpp"
#include "actors/runs/event_bus.hpp"
#include "actors/runs/event_subscription.hpp"
#include "actors/runs/lease_manager.hpp"
#include "actors/runs/run_scheduler.hpp"
#include "actors/store/actor_endings.hpp"
#include "actors/store/store_actors.hpp"
#include "actors/store/store_janitor.hpp"
#include "actors/store/store_messages.hpp"
#include "actors/store/watch_messages.hpp"
#include "model/base/bounded_wait.hpp"
#include "model/base/defaults.hpp"
#include "model/base/error.hpp"
#include "persistence/operations/lane_operations.hpp"
#include "persistence/operations/reclaim_runs.hpp"
#include "persistence/operations/retry_run.hpp"
#include "persistence/owners/process_identity.hpp"
#include "runtime/embed/own_system.hpp"
#include "runtime/embed/random_sources.hpp"
#include "runtime/embed/run_exposition.hpp"
#include "runtime/embed/run_parts.hpp"
#include "runtime/embed/shared_store.hpp"

#include <caf/actor_system.hpp>
#include <fmt/format.h>

#include <future>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t reclaim_batch = 256;

class running_subscription final : public run_runtime::subscription {
public:
  running_subscription(caf::actor_system& in, event_subscription_settings settings)
      : events_(in, std::move(settings)) {}

private:
  event_subscription events_;
};

} // namespace

class run_runtime::implementation {
public:
  implementation(run_options settings, caf::actor_system* host)
      : settings_(std::move(settings)),
        log_(std::make_shared<log_gate>(settings_.log)),
        clock_(settings_.clock.utc ? settings_.clock : host_clock()) {
    const logger_mark unmarked;
    settings_.step_grace = bounded_grace(settings_.step_grace);
    if (!settings_.steps)
      throw error("no_steps", "a runtime of runs needs the kinds of step that runs may name");
    require_ttl(settings_.lease_ttl);
    if (host == nullptr)
      own_system_.emplace(settings_.workers, true, defaults::scheduler_throughput);
    system_ = host != nullptr ? host : &own_system_->get();
    stores_.emplace(
        open_store_actors(*system_, store_settings_of(settings_, clock_, log_gate::through(log_))));
    surround();
    reclaim();
    start_actors();
    readings_ = std::make_shared<const run_readings>(
        run_readings{around_->meters, stores_->shared_meters(), bus_meters_, janitor_meters_});
  }

  ~implementation() {
    stop_worker(std::chrono::milliseconds{0});
    bool ended =
        wait_for_worker(settings_.step_grace + defaults::step_stuck_after + last_patience).has_value();
    stop_actors();
    ended = actors_.wait_for(last_patience) && ended;
    ended = stores_->stop(last_patience) && ended;
    if (!ended) {
      log_gate::write_aside(log_, log_level::error, "runtime_stuck",
                            "something did not end; its thread is left behind");
      if (own_system_)
        own_system_->leave_behind();
    }
    log_->shut();
  }

  std::future<created_run> submit(const run_submission& submission) {
    return stores_->access().write<created_run>(
        [made = prepare_run(submission), id = next_id()](store& in, utc_time now) {
          return create_run(in, made, id, now);
        });
  }

  created_run retry(const uuid& run, const std::string& by) {
    return write<created_run>(
        [run, by, id = next_id()](store& in, utc_time now) { return retry_run(in, run, id, by, now); });
  }

  command_answer command(const uuid& run, run_command what, const std::string& by,
                         const std::string& reason) {
    return write<command_answer>([=, around = around_](store& in, utc_time now) {
      const bool owned = has_live_owner(in, run, around->clock.boot(), around->is_dead);
      return command_run(in, {run, what, by, reason, owned, now});
    });
  }

  void command_async(const command_request& request,
                     std::function<void(command_answer, std::exception_ptr)> done) {
    stores_->access().write<command_answer>(
        store_priority::urgent,
        [request, around = around_](store& in, utc_time now) {
          auto full = request;
          full.owned = has_live_owner(in, request.run, around->clock.boot(), around->is_dead);
          full.at = now;
          return command_run(in, full);
        },
        [done = std::move(done)](store_result<command_answer> result) {
          done(result.failed() ? command_answer{} : result.get(), result.failure());
        });
  }

  static store_access::work<bool> as_request(run_runtime::store_work work) {
    return [work = std::move(work)](store& in, utc_time now) {
      work(in, now);
      return true;
    };
  }
  static store_access::callback<bool> as_callback(run_runtime::work_ending done) {
    return [done = std::move(done)](store_result<bool> result) { done(std::move(result).failure()); };
  }
  void write_async(run_runtime::store_work work, run_runtime::work_ending done) {
    stores_->access().write<bool>(store_priority::normal, as_request(std::move(work)),
                                  as_callback(std::move(done)));
  }
  void read_async(run_runtime::store_work work, run_runtime::work_ending done) {
    stores_->access().read<bool>(as_request(std::move(work)), as_callback(std::move(done)));
  }

  void tick_async(const lane_queue& from, std::function<void(tick_report)> done) {
    send_urgent(scheduler_, tick_order{from, std::move(done)});
  }

  void set_lane(const lane_queue& which, const lane_settings& lane, const std::string& by) {
    write<bool>([=](store& in, utc_time now) { return sluice::set_lane(in, which, lane, by, now); });
  }

  template <class T>
  T write(store_access::work<T> task) {
    return stores_->access().write<T>(std::move(task)).get();
  }
  template <class T>
  T read(store_access::work<T> task) {
    return stores_->access().read<T>(std::move(task)).get();
  }

  tick_report tick_once(const lane_queue& from) {
    auto promise = std::make_shared<std::promise<tick_report>>();
    auto future = promise->get_future();
    tick_async(from, [promise](tick_report report) { promise->set_value(std::move(report)); });
    return future.get();
  }

  void start_worker(const worker_options& options) {
    const std::lock_guard lock(mutex_);
    if (worker_.valid() && worker_.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
      throw error("worker_busy", "there is a worker already: wait for it, or stop it");
    auto promise = std::make_shared<std::promise<worker_report>>();
    worker_ = promise->get_future().share();
    send_urgent(scheduler_, start_worker_order{options, [promise](worker_report report) {
                                                 promise->set_value(std::move(report));
                                               }});
  }

  /// Nothing to wait for counts as ended.
  std::optional<worker_report> wait_for_worker(std::chrono::nanoseconds time) {
    std::shared_future<worker_report> worker;
    {
      const std::lock_guard lock(mutex_);
      worker = worker_;
    }
    if (!worker.valid())
      return worker_report{};
    if (worker.wait_for(bounded_wait(time)) != std::future_status::ready)
      return std::nullopt;
    return worker.get();
  }

  void stop_worker(std::chrono::milliseconds grace) { send_urgent(scheduler_, stop_worker_order{grace}); }

  event_subscription_settings subscription(std::int64_t since, std::optional<uuid> run,
                                           event_listener listener) {
    return {bus_, since, run, std::move(listener), log_gate::through(log_), bus_meters_};
  }

  const run_meters& meters() const noexcept { return *around_->meters; }
  const store_meters& store_counts() const noexcept { return stores_->meters(); }
  const event_bus_meters& bus_meters() const noexcept { return *bus_meters_; }
  const janitor_meters& janitor_counts() const noexcept { return *janitor_meters_; }
  std::weak_ptr<const run_readings> readings() const noexcept { return readings_; }
  void keep_by_rules(const retention_rules& rules) { send_urgent(janitor_, keep_by{rules}); }
  shared_store share_store() const { return {stores_->access(), stores_->watcher(), settings_.database}; }

  uuid next_id() {
    const std::lock_guard lock(mutex_);
    return ids_->make(clock_.utc());
  }
  caf::actor_system& system() noexcept { return *system_; }
  const run_options& settings() const noexcept { return settings_; }

private:
  static constexpr std::chrono::seconds last_patience{5};

  void surround() {
    auto random = seeded_random();
    const auto owner = make_owner(random);
    ids_.emplace(std::move(random));
    // The first write opens the file, and says why if that fails.
    write<bool>([](store&, utc_time) { return true; });
    auto around = surroundings_of(settings_, owner, stores_->access(), clock_, log_gate::through(log_));
    around_ = std::make_shared<const run_surroundings>(std::move(around));
  }

  void reclaim() {
    const auto batch = [around = around_](store& in, utc_time now) {
      return reclaim_runs(in, around->clock.boot(), now, around->is_dead, reclaim_batch).size();
    };
    while (write<std::size_t>(batch) == reclaim_batch) {
    }
  }

  void start_actors() {
    leases_ = system_->spawn<lease_manager>(around_);
    scheduler_ = system_->spawn<run_scheduler>(around_, leases_);
    event_bus_settings bus;
    bus.store = stores_->access();
    bus.watcher = stores_->watcher();
    bus.log = log_gate::through(log_);
    bus.meters = bus_meters_;
    bus_ = spawn_event_bus(*system_, std::move(bus));
    janitor_ = spawn_store_janitor(
        *system_, {stores_->access(), settings_.retention, clock_, log_gate::through(log_), janitor_meters_});
    for (const auto& each : {leases_, scheduler_, bus_, janitor_})
      actors_.add(each);
    send_outside(stores_->watcher(), watch_store{scheduler_, {true, false, true, true}});
  }

  void stop_actors() {
    send_outside(stores_->watcher(), watch_store{scheduler_, {}});
    send_outside(bus_, stop_event_bus{});
    send_urgent(janitor_, stop_store{});
    send_urgent(scheduler_, end_actor{});
    send_urgent(leases_, end_actor{});
  }

  run_options settings_;
  std::shared_ptr<log_gate> log_;
  run_clock clock_;
  std::optional<own_system> own_system_;
  caf::actor_system* system_ = nullptr;
  std::optional<store_actors> stores_;
  run_surroundings_pointer around_;
  caf::actor leases_;
  caf::actor scheduler_;
  std::shared_ptr<event_bus_meters> bus_meters_ = std::make_shared<event_bus_meters>();
  caf::actor bus_;
  std::shared_ptr<janitor_meters> janitor_meters_ = std::make_shared<janitor_meters>();
  caf::actor janitor_;
  std::shared_ptr<const run_readings> readings_;
  actor_endings actors_;
  std::mutex mutex_;
  std::optional<uuid_maker> ids_;
  std::shared_future<worker_report> worker_;
};

run_runtime::run_runtime(run_options settings)
    : implementation_(std::make_unique<implementation>(std::move(settings), nullptr)) {}
run_runtime::run_runtime(caf::actor_system& host, run_options settings)
    : implementation_(std::make_unique<implementation>(std::move(settings), &host)) {}
run_runtime::~run_runtime() = default;

const step_registry& run_runtime::steps() const noexcept {
  return *implementation_->settings().steps;
}

created_run run_runtime::submit(const run_submission& submission) {
  return implementation_->submit(submission).get();
}
std::future<created_run> run_runtime::submit_async(const run_submission& submission) {
  return implementation_->submit(submission);
}
const run_meters& run_runtime::meters() const noexcept {
  return implementation_->meters();
}
const store_meters& run_runtime::store_counts() const noexcept {
  return implementation_->store_counts();
}

created_run run_runtime::retry(const uuid& run, const std::string& by) {
  return implementation_->retry(run, by);
}
command_answer run_runtime::command(const uuid& run, run_command what, const std::string& by,
                                    const std::string& reason) {
  return implementation_->command(run, what, by, reason);
}

std::vector<run_row> run_runtime::list(const run_filter& filter) {
  return implementation_->read<std::vector<run_row>>(
      [filter](store& in, utc_time) { return in.runs().list(filter); });
}

run_view run_runtime::show(const uuid& run) {
  return implementation_->read<run_view>([run](store& in, utc_time) { return view_run(in, run); });
}

std::vector<run_event> run_runtime::events(const uuid& run, std::uint64_t since_seq, std::size_t limit) {
  return implementation_->read<std::vector<run_event>>([=](store& in, utc_time) {
    if (!in.runs().find(run))
      throw error("not_found", fmt::format("there is no run {}", to_string(run)));
    return in.events().of_run(run, since_seq, limit);
  });
}

std::vector<run_event> run_runtime::events(std::int64_t since, std::size_t limit) {
  return implementation_->read<std::vector<run_event>>(
      [=](store& in, utc_time) { return in.events().since(since, limit); });
}

lane_settings run_runtime::lane(const lane_queue& which) {
  return implementation_->read<lane_settings>(
      [which](store& in, utc_time) { return in.lanes().settings(which.env, which.lane); });
}

std::vector<lane_row> run_runtime::lanes() {
  return implementation_->read<std::vector<lane_row>>([](store& in, utc_time) { return list_lanes(in); });
}

void run_runtime::set_lane(const lane_queue& which, const lane_settings& settings, const std::string& by) {
  implementation_->set_lane(which, settings, by);
}

tick_report run_runtime::tick_once(const lane_queue& from) {
  return implementation_->tick_once(from);
}

void run_runtime::start_worker(const worker_options& settings) {
  implementation_->start_worker(settings);
}

std::optional<worker_report> run_runtime::wait_for_worker(std::chrono::nanoseconds time) {
  return implementation_->wait_for_worker(time);
}

std::unique_ptr<run_runtime::subscription> run_runtime::subscribe(std::int64_t since, std::optional<uuid> run,
                                                                  event_listener listener) {
  const logger_mark unmarked;
  return std::make_unique<running_subscription>(
      implementation_->system(), implementation_->subscription(since, run, std::move(listener)));
}

void run_runtime::write_async(store_work work, work_ending done) {
  implementation_->write_async(std::move(work), std::move(done));
}
void run_runtime::read_async(store_work work, work_ending done) {
  implementation_->read_async(std::move(work), std::move(done));
}
uuid run_runtime::new_run_id() {
  return implementation_->next_id();
}
void run_runtime::command_async(const command_request& request,
                                std::function<void(command_answer, std::exception_ptr)> done) {
  implementation_->command_async(request, std::move(done));
}
void run_runtime::tick_async(const lane_queue& from, std::function<void(tick_report)> done) {
  implementation_->tick_async(from, std::move(done));
}
const event_bus_meters& run_runtime::bus_meters() const noexcept {
  return implementation_->bus_meters();
}
const janitor_meters& run_runtime::janitor_counts() const noexcept {
  return implementation_->janitor_counts();
}
std::weak_ptr<const run_readings> run_runtime::readings() const noexcept {
  return implementation_->readings();
}
void run_runtime::keep_by_rules(const retention_rules& rules) {
  implementation_->keep_by_rules(rules);
}
shared_store run_runtime::share_store() const {
  return implementation_->share_store();
}

void run_runtime::stop_worker(std::chrono::milliseconds grace) {
  implementation_->stop_worker(bounded_grace(grace));
}

} // namespace sluice
