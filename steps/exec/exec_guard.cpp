#include "steps/exec/exec_guard.hpp"

#include "model/base/fault_point.hpp"
#include "steps/exec/attempt_lock.hpp"
#include "steps/exec/command_process.hpp"
#include "steps/exec/guard_channel.hpp"
#include "steps/exec/guard_order.hpp"
#include "steps/exec/guard_watch.hpp"
#include "steps/exec/process_tree.hpp"
#include "steps/since_boot.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <set>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// How long a wait lasts at most when nothing is expected; it ends early for everything that matters.
constexpr milliseconds guard_wait{60'000};
/// First and longest pause before looking again for what gives no sign: a lock that becomes free, a process
/// that a dying one leaves behind.
constexpr milliseconds first_pause{1};
constexpr milliseconds longest_pause{50};
/// How often those that were started meanwhile are told to end, too.
constexpr milliseconds ask_again{100};

class exec_guard {
public:
  exec_guard(guard_order order, owned_descriptor channel)
      : order_(std::move(order)), channel_(std::move(channel)), watch_(channel_, order_.worker) {}

  void run() {
    fault_point("guard.begun");
    channel_.send({guard_word::ready, 0});
    fault_point("guard.ready");
    watch_.wait(milliseconds{0});
    attempt_lock lock(order_.lock_path, order_.lock_byte);
    if (!must_end() && (order_.lock_path.empty() || wait_for(lock)) && !must_end())
      run_command();
    else
      tell_end();
    fault_point("guard.leaving");
    // The lock is given back here, when nothing is left.
  }

private:
  bool must_end_at_once() const noexcept { return watch_.is_orphaned() || watch_.is_expired(); }
  bool must_end() const noexcept { return must_end_at_once() || watch_.stop_by(); }

  void tell(guard_message message) {
    if (!told_)
      channel_.send(message);
    told_ = true;
  }

  /// Tells why the command was ended, or not begun.
  void tell_end() { tell({watch_.is_expired() ? guard_word::expired : guard_word::stopped, 0}); }

  bool wait_for(attempt_lock& lock) {
    auto pause = first_pause;
    for (bool said = false; !must_end();) {
      const int why = lock.try_acquire();
      if (why == 0)
        return true;
      if (why != EAGAIN) {
        tell({guard_word::cannot_lock, why});
        return false;
      }
      if (!said)
        said = channel_.send({guard_word::waiting, 0});
      watch_.wait(pause);
      pause = std::min(pause * 2, longest_pause);
    }
    return false;
  }

  void run_command() {
    fault_point("guard.locked");
    command_process command(order_);
    fault_point("guard.started");
    leave_streams();
    command_ = command.id();
    while (command_ != 0 && !must_end() && !is_known_to_have_begun(command))
      watch_.wait(guard_wait, command.failure_pipe());
    if (!must_end())
      if (const auto failure = command.failure())
        tell_failure(*failure);
    guard_command();
    fault_point("guard.told");
    kill_rest();
    fault_point("guard.reaped");
  }

  bool is_known_to_have_begun(command_process& command) {
    pollfd entry{command.failure_pipe(), POLLIN, 0};
    return ::poll(&entry, 1, 0) != 0;
  }

  void tell_failure(const begin_failure& failure) {
    const auto word = failure.where == begin_failure::stage::process  ? guard_word::cannot_begin
                      : failure.where == begin_failure::stage::folder ? guard_word::cannot_enter
                                                                      : guard_word::cannot_run;
    tell({word, failure.why});
  }

  /// Returns when everything is gone or must be killed.
  void guard_command() {
    while (reap() && !must_end_at_once()) {
      const auto stop_by = watch_.stop_by();
      if (!stop_by && command_ == 0)
        return;
      if (stop_by && since_boot() >= *stop_by)
        break;
      if (stop_by)
        ask_to_end();
      watch_.wait(stop_by ? std::min(time_until(*stop_by), ask_again) : guard_wait);
    }
    if (must_end())
      tell_end();
  }

  static milliseconds time_until(std::chrono::nanoseconds moment) {
    return std::max(std::chrono::ceil<milliseconds>(moment - since_boot()), milliseconds{0});
  }

  /// Collects the children that have ended. Returns false when there are none left.
  bool reap() {
    for (;;) {
      siginfo_t ended{};
      // The command's number must stay its own until its group has been killed.
      if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno != ECHILD;
      if (ended.si_pid == 0)
        return true;
      if (ended.si_pid == command_)
        end_command();
      int status = 0;
      ::waitpid(ended.si_pid, &status, 0);
      if (ended.si_pid == last_command_)
        note_end(status);
    }
  }

  void end_command() {
    if (!watch_.stop_by())
      ::kill(-command_, SIGKILL);
    last_command_ = command_;
    command_ = 0;
  }

  void note_end(int status) {
    if (must_end())
      return; // told once the rest has had its grace, too
    fault_point("guard.ended");
    if (WIFSIGNALED(status))
      tell({guard_word::signalled, WTERMSIG(status)});
    else
      tell({guard_word::exited, WEXITSTATUS(status)});
  }

  /// Sends SIGTERM to all that have not had it: again and again, because some may be started meanwhile, but
  /// once to each program, because many take a second one for impatience. A stopped process would not see
  /// it, so it goes on.
  void ask_to_end() {
    for (const auto& process : descendants_of(::getpid(), list_processes())) {
      if (!asked_.emplace(process.id, process.start_time, process.image).second)
        continue;
      send_signal(process, SIGTERM);
      send_signal(process, SIGCONT);
    }
  }

  /// A process that is killed leaves its children to us, so again until there are none. What cannot be killed
  /// (another user's, or stuck in the kernel) is waited for.
  void kill_rest() {
    auto pause = first_pause;
    while (reap()) {
      if (command_ != 0)
        ::kill(-command_, SIGKILL);
      for (const auto& process : descendants_of(::getpid(), list_processes()))
        send_signal(process, SIGKILL);
      watch_.wait(pause);
      pause = std::min(pause * 2, longest_pause);
    }
  }

  /// The command alone holds its streams, so that they end with it.
  static void leave_streams() {
    const owned_descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::dup2(nothing.get(), stream);
  }

  guard_order order_;
  guard_channel channel_;
  guard_watch watch_;
  /// The command's process while it has not been collected; 0: none.
  pid_t command_ = 0;
  pid_t last_command_ = 0;
  /// Who has had SIGTERM: number, start time and image.
  std::set<std::tuple<pid_t, std::uint64_t, std::uint64_t>> asked_;
  /// The one line about how it went is sent.
  bool told_ = false;
};

bool is_channel(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

std::optional<guard_order> take_order(int descriptor) {
  const owned_descriptor file(descriptor);
  std::string bytes;
  std::array<char, 16384> piece;
  for (;;) {
    const auto size = ::read(file.get(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0)
      return size == 0 ? read_order(bytes) : std::nullopt;
    bytes.append(piece.data(), static_cast<std::size_t>(size));
  }
}

} // namespace

bool is_exec_guard_call(int argc, const char* const* argv) noexcept {
  return argc == 2 && std::string_view(argv[1]) == "exec-guard";
}

int run_exec_guard(int, char**) {
  constexpr int usage = 2;
  if (!is_channel(guard_channel_place)) {
    std::fputs("exec-guard is for Sluice itself: it guards the commands of exec steps\n", stderr);
    return usage;
  }
  owned_descriptor channel(guard_channel_place);
  ::fcntl(channel.get(), F_SETFD, FD_CLOEXEC);
  auto order = take_order(guard_order_place);
  if (!order)
    return usage;
  ::setsid(); // usually done by who started it
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  try {
    exec_guard(std::move(*order), std::move(channel)).run();
    return 0;
  } catch (const std::exception&) {
    return 1; // the worker sees that it ended without a word
  }
}

} // namespace sluice
