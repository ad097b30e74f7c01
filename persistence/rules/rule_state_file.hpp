#pragma once

#include "persistence/rules/rule_state_record.hpp"
#include "persistence/sqlite/writer_lock.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

namespace sluice {

/// The file of states in a directory of rules. Any number of processes read it at any moment, and find it
/// whole; they change it in turns. One thread at a time.
class rule_state_file {
public:
  static constexpr std::string_view name = ".rule-states.json";

  explicit rule_state_file(std::filesystem::path directory);

  /// Returns what it says; an empty record when there is no such file. Throws
  /// `error("rule_states_unreadable")`: never is a file that cannot be read one that says nothing.
  rule_state_record read() const;

  /// In its turn: reads, calls `change`, and writes when that returns true. On disk when this returns. Throws
  /// as `read`, what `change` throws, and `error` with `store_locked`, `store_full`, `store_read_only` or
  /// `store_unavailable`; the file is as it was then.
  void update(const std::function<bool(rule_state_record&)>& change);

private:
  void write(const std::string& text) const;

  std::filesystem::path directory_;
  std::filesystem::path file_;
  std::optional<writer_lock> lock_;
};

} // namespace sluice
