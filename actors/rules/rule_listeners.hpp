#pragma once

#include "actors/rules/rule_listener.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice {

/// One listener's way to be left alone: calls come through until it is shut. Any thread.
class rule_listener_gate {
public:
  explicit rule_listener_gate(rule_listener listener) : listener_(std::move(listener)) {}

  /// Calls the listener, unless it is shut. Throws what it throws.
  void call(const rule_change& change);
  /// Waits for a call that is under way on another thread; none follows. The listener may do this itself.
  void shut();
  bool is_shut() const;

private:
  void end_call() noexcept;

  /// Recursive: the listener may shut its own gate.
  mutable std::recursive_mutex mutex_;
  rule_listener listener_;
  bool open_ = true;
  bool calling_ = false;
};

/// Those who hear of changes. One thread, the keeper's.
class rule_listeners {
public:
  void add(std::shared_ptr<rule_listener_gate> one);
  /// Tells everybody. Returns what the listeners that threw have said, empty when none did; the others have
  /// heard it all the same.
  std::vector<std::string> tell(const rule_change& change);
  std::size_t size() const noexcept { return gates_.size(); }

private:
  std::vector<std::shared_ptr<rule_listener_gate>> gates_;
};

} // namespace sluice
