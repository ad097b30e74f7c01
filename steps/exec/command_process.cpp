#include "steps/exec/command_process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>
#include <vector>

namespace sluice {

namespace {

/// Where programs are looked for when the command has no PATH.
constexpr std::string_view usual_path = "/usr/local/bin:/usr/bin:/bin";

std::string_view path_of(const guard_order& order) {
  constexpr std::string_view name = "PATH=";
  for (const std::string_view variable : order.environment)
    if (variable.substr(0, name.size()) == name)
      return variable.substr(name.size());
  return usual_path;
}

/// Returns the files that argv[0] may mean, in the order in which they are tried.
std::vector<std::string> candidates_of(const guard_order& order) {
  const auto& name = order.argv.front();
  if (name.find('/') != name.npos)
    return {name};
  std::vector<std::string> files;
  auto rest = path_of(order);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (end > 0) // an empty entry would be the working directory, which nobody means
      files.push_back(std::string(rest.substr(0, end)) + '/' + name);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return files;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts)
    pointers.push_back(const_cast<char*>(text.c_str())); // execve does not write to them
  pointers.push_back(nullptr);
  return pointers;
}

/// Returns only if none can be executed: with why. That one may not be executed is more to the point than
/// that others are not there.
int execute_first(const std::vector<std::string>& files, char* const* arguments, char* const* environment) {
  int why = ENOENT;
  for (const auto& file : files) {
    ::execve(file.c_str(), arguments, environment);
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
      return errno;
    if (errno == EACCES)
      why = EACCES;
  }
  return why;
}

void settle_in(pid_t guard) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guard)
    ::_exit(127); // the guard died before it could be told
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void report(int to, begin_failure failure) {
  (void)!::write(to, &failure, sizeof failure);
  ::_exit(127);
}

} // namespace

command_process::command_process(const guard_order& order) {
  const auto files = candidates_of(order);
  const auto arguments = pointers_to(order.argv);
  const auto environment = pointers_to(order.environment);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    known_ = {begin_failure::stage::process, errno};
    return;
  }
  failure_ = owned_descriptor(ends[0]);
  const owned_descriptor writing(ends[1]);
  const auto guard = ::getpid();
  const auto child = ::fork();
  if (child < 0) {
    known_ = {begin_failure::stage::process, errno};
    return;
  }
  if (child == 0) {
    settle_in(guard);
    if (!order.cwd.empty() && ::chdir(order.cwd.c_str()) != 0)
      report(writing.get(), {begin_failure::stage::folder, errno});
    const int why = execute_first(files, arguments.data(), environment.data());
    report(writing.get(), {begin_failure::stage::program, why});
  }
  id_ = child;
  ::setpgid(child, child); // both do it, so that it is done whoever comes first
}

std::optional<begin_failure> command_process::failure() {
  if (known_ || !failure_.is_open())
    return known_;
  begin_failure failure;
  ssize_t size = 0;
  do
    size = ::read(failure_.get(), &failure, sizeof failure);
  while (size < 0 && errno == EINTR);
  if (size == static_cast<ssize_t>(sizeof failure))
    known_ = failure;
  failure_.close();
  return known_;
}

} // namespace sluice
