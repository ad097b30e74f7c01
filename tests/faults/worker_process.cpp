#include "tests/faults/worker_process.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds patience{300'000};

} // namespace

worker_process::worker_process(const std::filesystem::path& folder, const std::string& task,
                               const std::vector<std::string>& environment, unsigned parallel_runs) {
  std::vector<std::string> arguments = {FAULT_WORKER, folder.native(), task, std::to_string(parallel_runs)};
  std::vector<char*> argv;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  auto own = environment;
  std::vector<char*> variables;
  for (auto& variable : own)
    variables.push_back(variable.data());
  for (char** variable = ::environ; *variable != nullptr; ++variable)
    variables.push_back(*variable);
  variables.push_back(nullptr);
  if (const int failed = ::posix_spawn(&id_, FAULT_WORKER, nullptr, nullptr, argv.data(), variables.data()))
    throw std::system_error(failed, std::generic_category(), FAULT_WORKER);
  handle_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
}

worker_process::worker_process(worker_process&& other) noexcept
    : id_(std::exchange(other.id_, 0)), handle_(std::exchange(other.handle_, -1)), status_(other.status_) {}

worker_process& worker_process::operator=(worker_process&& other) noexcept {
  if (this != &other) {
    kill();
    id_ = std::exchange(other.id_, 0);
    handle_ = std::exchange(other.handle_, -1);
    status_ = other.status_;
  }
  return *this;
}

worker_process::~worker_process() {
  kill();
}

std::filesystem::path worker_process::program() {
  return FAULT_WORKER;
}

void worker_process::signal(int number) const noexcept {
  if (id_ != 0)
    ::kill(id_, number);
}

void worker_process::stop() const {
  signal(SIGSTOP);
  siginfo_t seen{};
  ::waitid(P_PID, static_cast<id_t>(id_), &seen, WSTOPPED | WEXITED | WNOWAIT);
}

bool worker_process::ends_within(std::chrono::milliseconds time) {
  if (id_ == 0)
    return true;
  pollfd entry{handle_, POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(time.count())) <= 0)
    return false;
  collect();
  return true;
}

int worker_process::wait() {
  if (ends_within(patience))
    return status_;
  kill();
  return -1;
}

void worker_process::kill() {
  signal(SIGKILL);
  if (id_ != 0)
    collect();
}

void worker_process::collect() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ::close(std::exchange(handle_, -1));
  id_ = 0;
}

} // namespace sluice
