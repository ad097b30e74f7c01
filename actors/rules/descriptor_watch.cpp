#include "actors/rules/descriptor_watch.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

[[noreturn]] void complain(const char* what, int number) {
  throw error("rules_unavailable",
              fmt::format("changes to rules cannot be waited for: {}: {}; raise the limit on open files or "
                          "threads",
                          what, std::strerror(number)));
}

/// A descriptor that is closed when it goes.
class owned_descriptor {
public:
  owned_descriptor(int number, const char* made_by) : number_(number) {
    if (number < 0)
      complain(made_by, errno);
  }
  ~owned_descriptor() { close(number_); }
  owned_descriptor(const owned_descriptor&) = delete;
  owned_descriptor& operator=(const owned_descriptor&) = delete;

  int get() const noexcept { return number_; }

private:
  int number_;
};

} // namespace

struct descriptor_watch::parts {
  explicit parts(std::function<void()> call) : readable(std::move(call)) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = stop.get();
    if (epoll_ctl(waiting.get(), EPOLL_CTL_ADD, stop.get(), &event) != 0)
      complain("epoll_ctl", errno);
    try {
      thread = std::thread([this] { watch(); });
    } catch (const std::system_error& failed) {
      complain("thread", failed.code().value());
    }
  }

  ~parts() {
    const std::uint64_t one = 1;
    // An event counter takes a number unless it is full, and then it is readable as well.
    (void)!write(stop.get(), &one, sizeof one);
    thread.join();
  }

  void watch() {
    std::array<epoll_event, 2> events{};
    while (true) {
      const int count = epoll_wait(waiting.get(), events.data(), static_cast<int>(events.size()), -1);
      if (count < 0 && errno != EINTR)
        return;
      bool called = false;
      for (int i = 0; i < count; ++i)
        if (events[static_cast<std::size_t>(i)].data.fd == stop.get())
          return;
        else
          called = true;
      if (called)
        readable();
    }
  }

  std::function<void()> readable;
  owned_descriptor waiting{epoll_create1(EPOLL_CLOEXEC), "epoll_create1"};
  owned_descriptor stop{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"};
  int armed = -1;
  std::thread thread;
};

descriptor_watch::descriptor_watch(std::function<void()> readable)
    : parts_(std::make_unique<parts>(std::move(readable))) {}

descriptor_watch::~descriptor_watch() = default;

void descriptor_watch::arm(int descriptor) {
  const int set = parts_->waiting.get();
  if (parts_->armed != descriptor && parts_->armed >= 0)
    // Closed ones have left the set by themselves.
    (void)epoll_ctl(set, EPOLL_CTL_DEL, parts_->armed, nullptr);
  parts_->armed = descriptor;
  if (descriptor < 0)
    return;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.fd = descriptor;
  if (epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event) == 0)
    return;
  // New here, or closed and opened again with the same number.
  if (errno == ENOENT && epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0)
    return;
  if (errno != EBADF)
    complain("epoll_ctl", errno);
}

} // namespace sluice
