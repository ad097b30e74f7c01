#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice {

/// A set of the most recently used strings, at most `size` of them, each forgotten `lifetime` after it was
/// added. Every operation takes constant time. Thread: one owner.
class lru_set {
public:
  /// @param size at least 1. @param lifetime zero: no limit.
  lru_set(std::size_t size, std::chrono::nanoseconds lifetime) : size_(size), lifetime_(lifetime) {}

  /// Adds `key` at monotonic time `now` and returns true, or returns false when it is there; being asked for
  /// makes a key recently used, and does not prolong its life.
  bool add(std::string key, std::chrono::nanoseconds now);

  std::size_t size() const noexcept { return places_.size(); }

private:
  struct entry {
    std::string key;
    std::chrono::nanoseconds added;
  };

  std::size_t size_;
  std::chrono::nanoseconds lifetime_;
  /// Most recently used first. The map's keys point into it.
  std::list<entry> entries_;
  std::unordered_map<std::string_view, std::list<entry>::iterator> places_;
};

} // namespace sluice
