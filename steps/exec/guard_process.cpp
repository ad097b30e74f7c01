#include "steps/exec/guard_process.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "steps/exec/exec_guard.hpp"
#include "steps/exec/process_tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice {

namespace {

/// How long an object that is going away waits for its guard to kill everything.
constexpr std::chrono::milliseconds end_wait{1'000};

[[noreturn]] void fail(const std::string& what, int why) {
  throw error("guard_failed", what + ": " + std::generic_category().message(why));
}

void check(int failure) {
  if (failure != 0)
    fail("cannot prepare a guard", failure);
}

/// What posix_spawn does before the guard begins. Ours are close-on-exec; those of a host that embeds us may
/// not be, so everything else is closed.
class streams {
public:
  streams() { check(::posix_spawn_file_actions_init(&actions_)); }
  streams(const streams&) = delete;
  streams& operator=(const streams&) = delete;
  ~streams() { ::posix_spawn_file_actions_destroy(&actions_); }

  void put(int descriptor, int place) {
    check(::posix_spawn_file_actions_adddup2(&actions_, descriptor, place));
  }
  void close_from(int place) { check(::posix_spawn_file_actions_addclosefrom_np(&actions_, place)); }
  const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

/// A session of its own: the terminal's Ctrl-C is for the worker. No blocked and no ignored signals.
class settings {
public:
  settings() {
    check(::posix_spawnattr_init(&attributes_));
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    check(::posix_spawnattr_setsigdefault(&attributes_, &all));
    check(::posix_spawnattr_setsigmask(&attributes_, &none));
    const int flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    check(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags)));
  }
  settings(const settings&) = delete;
  settings& operator=(const settings&) = delete;
  ~settings() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

/// A file in memory that is at its beginning. Unlike a pipe it takes everything at once and needs nobody to
/// feed it.
owned_descriptor file_of(std::string_view bytes, const char* name) {
  auto file = require_descriptor(::memfd_create(name, MFD_CLOEXEC), name);
  while (!bytes.empty()) {
    const auto size = ::write(file.get(), bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0)
      fail("cannot write " + std::string(name), errno);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return lifted(std::move(file));
}

owned_descriptor open_input(const std::optional<std::string>& input) {
  if (input)
    return file_of(*input, "stdin of the command");
  return lifted(require_descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
}

/// Returns our end and the command's.
std::pair<owned_descriptor, owned_descriptor> make_pipe() {
  int ends[2] = {-1, -1};
  const int made = ::pipe2(ends, O_CLOEXEC);
  auto reading = lifted(require_descriptor(made == 0 ? ends[0] : -1, "a pipe"));
  auto writing = lifted(owned_descriptor(ends[1]));
  ::fcntl(reading.get(), F_SETFL, O_NONBLOCK); // the other end has flags of its own
  return {std::move(reading), std::move(writing)};
}

/// What the loader and the sanitizers of the guard need; the command does not see it.
std::vector<char*> guard_environment() {
  std::vector<char*> variables;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const auto name = text.substr(0, text.find('='));
    const bool of_loader = name.substr(0, 3) == "LD_";
    const bool of_sanitizer = name.size() > 11 && name.substr(name.size() - 11) == "SAN_OPTIONS";
    const bool of_faults = has_fault_points && name.substr(0, 12) == "SLUICE_FAULT";
    if (of_loader || of_sanitizer || of_faults)
      variables.push_back(*variable);
  }
  variables.push_back(nullptr);
  return variables;
}

/// Waits at most `longest`, whatever signals come.
bool becomes_readable(int descriptor, std::chrono::milliseconds longest) {
  using clock = std::chrono::steady_clock;
  const auto end = clock::now() + longest;
  for (;;) {
    pollfd entry{descriptor, POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
    const int ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR)
      return ready > 0;
  }
}

} // namespace

guard_process::guard_process(const std::filesystem::path& program, const guard_order& order,
                             const std::optional<std::string>& input,
                             const std::optional<guard_message>& first, std::shared_ptr<left_guards> left)
    : channel_(owned_descriptor{}), left_(std::move(left)) {
  const auto command_input = open_input(input);
  const auto orders = file_of(write_order(order), "order for the guard");
  auto [ours, theirs] = make_guard_sockets();
  auto [output, command_output] = make_pipe();
  auto [errors, command_errors] = make_pipe();
  channel_ = guard_channel(std::move(ours));
  if (first)
    channel_.send(*first);
  output_ = std::move(output);
  errors_ = std::move(errors);
  start(program, command_input.get(), command_output.get(), command_errors.get(), theirs.get(), orders.get());
}

void guard_process::start(const std::filesystem::path& program, int input, int output, int errors,
                          int channel, int order) {
  streams places;
  places.put(input, STDIN_FILENO);
  places.put(output, STDOUT_FILENO);
  places.put(errors, STDERR_FILENO);
  places.put(channel, guard_channel_place);
  places.put(order, guard_order_place);
  places.close_from(guard_order_place + 1);
  const settings chosen;
  const auto& file = program.native();
  std::string name = file;
  std::string task = "exec-guard";
  std::array<char*, 3> arguments = {name.data(), task.data(), nullptr};
  const auto environment = guard_environment();
  const int failed =
      ::posix_spawn(&id_, file.c_str(), places.get(), chosen.get(), arguments.data(), environment.data());
  if (failed != 0) {
    id_ = 0;
    fail("cannot start the guard " + file, failed);
  }
  process_ = owned_descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)));
  if (process_.is_open())
    return;
  const int why = errno;
  kill();
  fail("cannot watch the guard " + file, why);
}

guard_process::~guard_process() {
  if (id_ == 0)
    return;
  channel_.close();
  try {
    if (!await_end(end_wait))
      left_->add(id_);
  } catch (...) {
    // No memory to remember it: it stays as a zombie when it ends, until this process does.
  }
}

bool guard_process::await_end(std::chrono::milliseconds longest) {
  if (id_ != 0 && becomes_readable(process_.get(), longest)) {
    // Fails when the host has its children collected by the system; gone it is all the same.
    (void)::waitpid(id_, nullptr, 0);
    id_ = 0;
  }
  return id_ == 0;
}

void guard_process::kill_leftovers() const {
  kill_session(id_);
}

void guard_process::kill() {
  ::kill(id_, SIGKILL);
  kill_leftovers();
  (void)::waitpid(id_, nullptr, 0);
  id_ = 0;
}

} // namespace sluice
