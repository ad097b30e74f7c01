#include "persistence/rules/directory_watch.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

using kind = directory_event::kind;

constexpr std::uint32_t mask = IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE | IN_MOVED_FROM |
                               IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

[[noreturn]] void fail(int why) {
  const char* const remedy = why == EMFILE   ? "raise fs.inotify.max_user_instances"
                             : why == ENOSPC ? "raise fs.inotify.max_user_watches"
                                             : "let this user read it";
  throw error("rules_unavailable",
              fmt::format("cannot watch the directory of rules: {}; {}", std::strerror(why), remedy));
}

/// The directory itself: moved, deleted or unmounted.
constexpr std::uint32_t its_end = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

std::optional<kind> kind_of(std::uint32_t bits) noexcept {
  constexpr std::pair<std::uint32_t, kind> meanings[] = {
      {IN_CREATE, kind::created}, {IN_CLOSE_WRITE, kind::written},  {IN_ATTRIB, kind::touched},
      {IN_DELETE, kind::deleted}, {IN_MOVED_FROM, kind::moved_out}, {IN_MOVED_TO, kind::moved_in}};
  for (const auto& [bit, meaning] : meanings)
    if ((bits & bit) != 0)
      return meaning;
  return std::nullopt;
}

} // namespace

directory_watch::directory_watch() : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (descriptor_ < 0)
    fail(errno);
}

directory_watch::~directory_watch() {
  ::close(descriptor_);
}

void directory_watch::watch(int directory) {
  stop();
  // Not by its path, which may lead elsewhere by now.
  const auto itself = fmt::format("/proc/self/fd/{}", directory);
  watched_ = ::inotify_add_watch(descriptor_, itself.c_str(), mask | IN_ONLYDIR);
  if (watched_ < 0)
    fail(errno);
  identity_ = identity_of(directory);
}

void directory_watch::stop() noexcept {
  if (watched_ >= 0)
    ::inotify_rm_watch(descriptor_, watched_);
  watched_ = -1;
  identity_.reset();
}

bool directory_watch::is_watching(int directory) const noexcept {
  return identity_ && identity_ == identity_of(directory);
}

std::vector<directory_event> directory_watch::take() {
  std::vector<directory_event> taken;
  alignas(inotify_event) std::array<char, 1 << 16> block;
  for (;;) {
    const auto length = ::read(descriptor_, block.data(), block.size());
    if (length < 0 && errno == EINTR)
      continue;
    if (length <= 0)
      return taken;
    for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
      inotify_event event{};
      std::memcpy(&event, block.data() + at, sizeof(event));
      add(event, block.data() + at + sizeof(event), taken);
      at += sizeof(event) + event.len;
    }
  }
}

void directory_watch::add(const inotify_event& event, const char* name, std::vector<directory_event>& to) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) {
    to.push_back({kind::missed});
    return;
  }
  // Others are left from a directory that was watched before.
  if (event.wd != watched_)
    return;
  if ((event.mask & its_end) != 0)
    stop();
  // Without a name, it is the directory's own rights that have changed.
  else if (const auto what = kind_of(event.mask); what && event.len > 0)
    to.push_back({*what, name, event.cookie});
}

} // namespace sluice
