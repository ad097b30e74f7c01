#pragma once

#include "runtime/http/connection.hpp"

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

namespace sluice {

/// All connections of a listener. Thread: the network's.
class connection_table {
public:
  void add(std::shared_ptr<connection> one);
  /// Forgets it; whoever calls this from inside of it must hold a reference.
  void remove(const connection& one);

  /// Those that have a place, and those that are there to be refused.
  std::size_t served() const noexcept { return all_.size() - refused_; }
  std::size_t refused() const noexcept { return refused_; }

  /// All of them now: they may leave while one goes through.
  std::vector<std::shared_ptr<connection>> all() const;
  /// Returns the one that is easiest to miss (`http_limits::connections`), or null when all are needed.
  std::shared_ptr<connection> easiest_to_miss(connection::time_point now,
                                              std::chrono::milliseconds patience) const;

private:
  std::unordered_map<const connection*, std::shared_ptr<connection>> all_;
  std::size_t refused_ = 0;
};

} // namespace sluice
