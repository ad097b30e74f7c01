#include "nodes/io/child_process.hpp"

#include "model/base/defaults.hpp"
#include "model/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice {

namespace {

/// What posix_spawn does in the child before the program starts.
class spawn_actions {
public:
  spawn_actions() { check(::posix_spawn_file_actions_init(&actions_)); }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void copy(int from, int to) { check(::posix_spawn_file_actions_adddup2(&actions_, from, to)); }
  void read_nothing() {
    check(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
  }
  /// Ours are close-on-exec; those of a host that embeds us may not be.
  void close_others() { check(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1)); }
  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

  static void check(int failed) {
    if (failed != 0)
      throw error("cannot_start", "cannot prepare a process: " + system_text(failed));
  }

private:
  posix_spawn_file_actions_t actions_{};
};

/// A group of its own, no blocked and no ignored signals: a child must not inherit that we ignore SIGPIPE.
class spawn_attributes {
public:
  spawn_attributes() {
    spawn_actions::check(::posix_spawnattr_init(&attributes_));
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    spawn_actions::check(::posix_spawnattr_setpgroup(&attributes_, 0));
    spawn_actions::check(::posix_spawnattr_setsigdefault(&attributes_, &all));
    spawn_actions::check(::posix_spawnattr_setsigmask(&attributes_, &none));
    const int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    spawn_actions::check(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)));
  }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

std::vector<char*> arguments_of(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& word : command)
    arguments.push_back(const_cast<char*>(word.c_str())); // posix_spawn does not write to them
  arguments.push_back(nullptr);
  return arguments;
}

std::string signal_name(int number) {
  switch (number) {
  case SIGINT:
    return " (SIGINT)";
  case SIGKILL:
    return " (SIGKILL)";
  case SIGTERM:
    return " (SIGTERM)";
  case SIGPIPE:
    return " (SIGPIPE)";
  case SIGSEGV:
    return " (SIGSEGV)";
  case SIGABRT:
    return " (SIGABRT)";
  default:
    return "";
  }
}

/// Throws away what is in a pipe now. Returns false at its end.
bool drain(int descriptor) {
  std::array<char, 16384> rest;
  for (int reads = 0; reads < 64; ++reads) {
    const auto count = ::read(descriptor, rest.data(), rest.size());
    if (count == 0)
      return false;
    if (count < 0)
      return errno == EAGAIN || errno == EINTR;
  }
  return true;
}

} // namespace

std::string to_string(const exit_status& status) {
  if (status.signal != 0)
    return fmt::format("was ended by signal {}{}", status.signal, signal_name(status.signal));
  if (status.code < 0)
    return "ended, but somebody else collected its status";
  return fmt::format("exited with status {}", status.code);
}

child_process::child_process(const std::vector<std::string>& command, child_stream stream) {
  auto data = make_pipe();
  auto diagnostics = make_pipe();
  // Each end has its own status flags, so the child's ends stay blocking.
  auto& ours = stream == child_stream::input ? data.writing : data.reading;
  set_nonblocking(ours.get());
  set_nonblocking(diagnostics.reading.get());
  start(command, data, diagnostics, stream);
  errors_ = std::move(diagnostics.reading);
  (stream == child_stream::input ? input_ : output_) = std::move(ours);
}

child_process::~child_process() {
  if (id_ < 0 || status_)
    return;
  signal_group(SIGKILL);
  collect(true);
}

void child_process::start(const std::vector<std::string>& command, const pipe_ends& data,
                          const pipe_ends& diagnostics, child_stream stream) {
  spawn_actions actions;
  if (stream == child_stream::input) {
    actions.copy(data.reading.get(), STDIN_FILENO);
  } else {
    actions.read_nothing();
    actions.copy(data.writing.get(), STDOUT_FILENO);
  }
  actions.copy(diagnostics.writing.get(), STDERR_FILENO);
  actions.close_others();
  const spawn_attributes attributes;
  const auto arguments = arguments_of(command);
  const int failed =
      ::posix_spawnp(&id_, arguments[0], actions.get(), attributes.get(), arguments.data(), ::environ);
  if (failed != 0) {
    id_ = -1;
    throw error("cannot_start", fmt::format("cannot start '{}': {}; is it installed, executable and in PATH?",
                                            command.front(), system_text(failed)));
  }
  // Nobody else collects the child, so its number still means this process.
  process_ = file_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
  if (process_.is_open())
    return;
  const int reason = errno;
  signal_group(SIGKILL);
  collect(true);
  throw error("cannot_start", fmt::format("cannot watch '{}': {}", command.front(), system_text(reason)));
}

child_process::events child_process::wait(std::chrono::milliseconds longest, bool want_input) {
  // Descriptors of -1 are skipped by poll.
  std::array<pollfd, 4> entries{{{want_input ? input_.get() : -1, POLLOUT, 0},
                                 {output_.get(), POLLIN, 0},
                                 {errors_.get(), POLLIN, 0},
                                 {status_ || exit_seen_ ? -1 : process_.get(), POLLIN, 0}}};
  if (::poll(entries.data(), entries.size(), static_cast<int>(longest.count())) <= 0)
    return {false, false, false, status_.has_value() || exit_seen_};
  exit_seen_ = exit_seen_ || entries[3].revents != 0;
  return {entries[0].revents != 0, entries[1].revents != 0, entries[2].revents != 0,
          status_.has_value() || exit_seen_};
}

std::optional<exit_status> child_process::wait_for_exit(std::chrono::nanoseconds longest) {
  if (!status_)
    (void)wait_for(process_.get(), readiness::readable,
                   static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(longest).count()));
  return status();
}

std::optional<exit_status> child_process::status() {
  collect(false);
  return status_;
}

void child_process::collect(bool blocking) {
  if (status_)
    return;
  int raw = 0;
  pid_t collected = 0;
  do
    collected = ::waitpid(id_, &raw, blocking ? 0 : WNOHANG);
  while (collected < 0 && errno == EINTR);
  if (collected == 0)
    return;
  exit_status ended;
  if (collected > 0 && WIFEXITED(raw))
    ended.code = WEXITSTATUS(raw);
  else if (collected > 0 && WIFSIGNALED(raw))
    ended.signal = WTERMSIG(raw);
  status_ = ended;
}

exit_status child_process::stop(std::chrono::nanoseconds grace) {
  using clock = std::chrono::steady_clock; // a process ends in real time, whatever the flow's clock says
  input_.close();
  signal_group(SIGTERM);
  const auto deadline = clock::now() + grace;
  while (group_lives() && clock::now() < deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
    if (status() && !output_.is_open() && !errors_.is_open())
      (void)::poll(nullptr, 0, 1); // grandchildren that hold no pipe give no sign
    else
      (void)wait(std::clamp(left, std::chrono::milliseconds{0}, defaults::source_wait));
    discard_output();
  }
  if (group_lives())
    signal_group(SIGKILL);
  collect(true);
  return *status_;
}

void child_process::discard_output() {
  if (output_.is_open() && !drain(output_.get()))
    output_.close();
  if (errors_.is_open() && !drain(errors_.get()))
    errors_.close();
}

void child_process::signal_group(int number) const noexcept {
  (void)::kill(-id_, number);
}

bool child_process::group_lives() const noexcept {
  return ::kill(-id_, 0) == 0;
}

} // namespace sluice
