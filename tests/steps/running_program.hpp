#pragma once

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace sluice {

/// Another program, with its stdout piped to here. Killed at the latest when the object goes.
class running_program {
public:
  explicit running_program(std::vector<std::string> words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    for (auto& word : words)
      arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed = ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    reading_ = ends[0];
    if (failed != 0)
      throw std::runtime_error("cannot start " + words[0]);
  }
  running_program(const running_program&) = delete;
  running_program& operator=(const running_program&) = delete;
  ~running_program() {
    if (!ended_) {
      signal(SIGKILL);
      wait();
    }
    ::close(reading_);
  }

  void signal(int number) const { ::kill(pid_, number); }
  /// Stops it and waits until it stands still.
  void stop() const {
    signal(SIGSTOP);
    int status = 0;
    while (::waitpid(pid_, &status, WUNTRACED) < 0 && errno == EINTR) {
    }
  }
  /// Returns the exit status, or 128 + the signal.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  /// Returns everything that it writes until its end.
  std::string output() const {
    std::string all;
    char bytes[4096];
    for (ssize_t size = 0; (size = ::read(reading_, bytes, sizeof bytes)) > 0;)
      all.append(bytes, static_cast<std::size_t>(size));
    return all;
  }

private:
  pid_t pid_ = -1;
  int reading_ = -1;
  bool ended_ = false;
};

} // namespace sluice
