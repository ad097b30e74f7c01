#pragma once

#include <functional>
#include <memory>

namespace sluice {

/// Says when a descriptor can be read: once for each `arm`. Owns a thread that does nothing else. One thread
/// uses it; the function is called on its own.
class descriptor_watch {
public:
  /// @param readable must return soon and not throw.
  /// Throws `error("rules_unavailable")` when the system has no descriptors or threads left.
  explicit descriptor_watch(std::function<void()> readable);
  /// Waits for a call that is under way.
  ~descriptor_watch();
  descriptor_watch(const descriptor_watch&) = delete;
  descriptor_watch& operator=(const descriptor_watch&) = delete;

  /// Calls when `descriptor` is readable, at once if it is so already; another one than before takes its
  /// place. The descriptor may be closed at any time: nothing is called then.
  void arm(int descriptor);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace sluice
