#include "model/base/error.hpp"
#include "runtime/cli/command_line.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/console.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/log_writer.hpp"
#include "runtime/cli/output_end.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/config/server_settings_change.hpp"
#include "runtime/config/server_settings_loader.hpp"
#include "runtime/server/server.hpp"
#include "runtime/server/serving_check.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <sys/resource.h>

namespace sluice {

namespace {

/// Time between two looks whether a second signal has come.
constexpr std::chrono::milliseconds server_look_period{100};
/// After the deadline, what is interrupted has this long to end.
constexpr std::chrono::seconds last_patience{5};

log_writer::settings log_settings(const server_settings& settings, const cli_streams& streams) {
  log_writer::settings wanted;
  wanted.level = settings.log.level;
  wanted.json = settings.log.format.empty() ? !streams.err_is_terminal : settings.log.format == "json";
  wanted.colours = streams.colours();
  return wanted;
}

/// Prints findings; returns whether one forbids serving.
bool complain(const loaded_server_settings& loaded, const findings& found, cli_streams& streams) {
  for (const auto& each : found)
    streams.err << loaded.show(each) << '\n';
  streams.err.flush();
  return has_errors(found);
}

/// Connections are descriptors, and the usual 1024 are soon used up. As many as the system allows; where that
/// fails the listener says so when it runs out.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/// What signals ask for.
class orders {
public:
  void stop(int signal, unsigned count) {
    const std::lock_guard lock(mutex_);
    (count == 1 ? stopping_ : ending_) = signal;
    changed_.notify_all();
  }
  void reload() {
    const std::lock_guard lock(mutex_);
    reload_ = true;
    changed_.notify_all();
  }
  /// Waits for an order to stop; carries out those to reload.
  template <class Reload>
  void wait_for_stop(Reload&& carry_out) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ != 0 || reload_; });
      if (stopping_ != 0)
        return;
      reload_ = false;
      lock.unlock();
      carry_out();
      lock.lock();
    }
  }
  std::optional<int> ending() {
    const std::lock_guard lock(mutex_);
    return ending_ == 0 ? std::nullopt : std::optional(ending_);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int stopping_ = 0;
  int ending_ = 0;
  bool reload_ = false;
};

/// What can change while running does; what cannot is refused by name, and nothing changes if a part is
/// wrong.
class reloading {
public:
  reloading(const serve_arguments& arguments, cli_streams& streams, server& running, server_settings settings,
            log_writer& log)
      : arguments_(arguments),
        streams_(streams),
        running_(running),
        settings_(std::move(settings)),
        log_(log) {}

  void operator()() {
    try {
      const auto loaded = load_server_settings(arguments_.config, streams_.variables);
      auto found = loaded.found;
      check_serving(loaded.settings, found);
      if (complain(loaded, found, streams_))
        return log_.announce("reload_refused", "the configuration has errors: nothing was changed");
      auto change = compare_settings(settings_, loaded.settings);
      // What would be in force may not be allowed, although what was written is.
      findings merged;
      check_serving(change.merged, merged);
      if (complain(loaded, merged, streams_))
        return log_.announce("reload_refused",
                             "with what cannot change now that is not allowed: nothing was changed");
      running_.reload(change.merged);
      if (!change.refused.empty())
        log_.announce("reload_needs_restart", describe_refused(change));
      settings_ = std::move(change.merged);
      log_.set_level(settings_.log.level);
      log_.announce("reloaded", "the configuration was read again");
    } catch (const std::exception& failed) {
      log_.announce("reload_refused", failed.what());
    }
  }

  /// What is in force.
  const server_settings& settings() const noexcept { return settings_; }

private:
  const serve_arguments& arguments_;
  cli_streams& streams_;
  server& running_;
  server_settings settings_;
  log_writer& log_;
};

bool stop(server& running, orders& given, std::chrono::milliseconds timeout) {
  running.begin_stop(timeout);
  const auto deadline = std::chrono::steady_clock::now() + timeout + last_patience;
  while (!given.ending() && std::chrono::steady_clock::now() < deadline)
    if (running.wait_until_stopped(server_look_period))
      return true;
  return false;
}

} // namespace

int execute(const serve_arguments& arguments, const node_catalog&, cli_streams& streams) {
  const auto loaded = load_server_settings(arguments.config, streams.variables);
  auto found = loaded.found;
  check_serving(loaded.settings, found);
  if (complain(loaded, found, streams))
    return exit_status::configuration;

  raise_descriptor_limit();
  const signal_block block(hangup_use::reloads);
  console screen(streams.err);
  log_writer log(screen, log_settings(loaded.settings, streams));
  orders given;
  server running(loaded.settings,
                 {log.sink(),
                  streams.environment ? streams.environment("SLUICE_WORKER_ENABLED") : std::nullopt,
                  version_number(), streams.environment});
  const stop_signals signals([&given](int signal, unsigned count) { given.stop(signal, count); },
                             stop_signals::clock::now, [&given] { given.reload(); });
  log.announce("serving", fmt::format("serving at {}", running.url()));
  log.announce("worker", running.worker_reason());

  reloading reload(arguments, streams, running, loaded.settings, log);
  given.wait_for_stop(reload);
  log.announce("stopping", "stopping: nothing new begins, runs go on to a step's end and flows drain; a "
                           "second signal ends at once");
  if (stop(running, given, reload.settings().shutdown_timeout)) {
    log.announce("stopped", running.cut_off() ? "stopped; what took too long was cut off" : "stopped");
    return running.cut_off() ? exit_status::deadline : exit_status::success;
  }
  const auto second = given.ending();
  log.announce("cut_off",
               second ? "ended by a second signal" : "the time to stop is over: what is left is cut off");
  const int status = second ? exit_status::signal_base + *second : exit_status::deadline;
  if (streams.leave)
    // A destructor would wait for what does not end. The leases of a process that has ended are free at once.
    streams.leave(end_output(streams, status));
  return status;
}

} // namespace sluice
