#pragma once

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace sluice {

/// A fork that calls `body(child)` and exits with what it returns, or with 99 when it throws. Only while the
/// process has one thread. Killed at the latest when the object goes.
class forked_child {
public:
  template <class Body>
  explicit forked_child(Body body) {
    if (::pipe(told_) != 0)
      throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ < 0)
      throw std::runtime_error("no fork");
    if (pid_ != 0)
      return;
    int status = 99;
    try {
      status = body(*this);
    } catch (...) {
    }
    ::_exit(status);
  }
  forked_child(const forked_child&) = delete;
  forked_child& operator=(const forked_child&) = delete;
  ~forked_child() {
    if (pid_ > 0 && !ended_) {
      ::kill(pid_, SIGKILL);
      wait();
    }
    ::close(told_[0]);
    ::close(told_[1]);
  }

  /// In the child: tells the parent how far it is.
  void tell() const { require(::write(told_[1], "x", 1) == 1); }
  /// In the child: ends it here and now, as `kill -9` and the kernel's lack of memory do.
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;)
      ::pause();
  }

  /// In the parent: waits for a `tell`.
  void await() const {
    char byte = 0;
    require(::read(told_[0], &byte, 1) == 1);
  }
  void signal(int number) const { require(::kill(pid_, number) == 0); }
  /// In the parent: stops it and waits until it stands still.
  void stop() const {
    signal(SIGSTOP);
    int status = 0;
    require(::waitpid(pid_, &status, WUNTRACED) == pid_ && WIFSTOPPED(status));
  }
  /// In the parent: waits for the end; returns the exit status, or 128 + the signal.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    ended_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

private:
  static void require(bool done) {
    if (!done)
      throw std::runtime_error("the other process is gone");
  }

  int told_[2] = {-1, -1};
  int pid_ = -1;
  bool ended_ = false;
};

} // namespace sluice
