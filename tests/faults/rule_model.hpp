#pragma once

#include "model/rules/rule_view.hpp"
#include "tests/faults/rule_lines.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// What a directory of rules should come to, in the plainest words: tests compare it with what it does.
class rule_model {
public:
  /// A file was written; without a rule, it is malformed.
  void write(const std::string& file, const std::optional<rule>& content);
  void erase(const std::string& file) { files_.erase(file); }
  void rename(const std::string& from, const std::string& to);
  void exchange(const std::string& one, const std::string& other);

  /// Returns how many changes it makes.
  std::size_t say(const std::string& rule, const rule_state& state, utc_time now);
  std::size_t expire(utc_time now);

  /// Returns what is wrong with what somebody sees who looks at any moment, also in the middle of a step, and
  /// who has begun at any time; empty: nothing. It depends on when it looks which of two files with one id
  /// keeps force, and what a malformed file was before; everything else does not.
  std::string quarrel_with(const rule_lines& seen) const;
  /// What somebody sees who has followed every step; who begins now.
  rule_view followed() const;
  rule_view fresh() const;
  /// Whoever follows has begun anew.
  void restart();
  /// True when both are the same whoever came when: no file is malformed, and no two have one id.
  bool is_plain() const;

  /// True when the file defines a rule, and no other one defines that, too.
  bool is_alone(const std::string& file) const;

  std::vector<std::string> files() const;
  /// Returns the rule that a file defines or last did.
  std::optional<rule> rule_of(const std::string& file) const;
  const std::map<std::string, rule_state>& states() const noexcept { return states_; }

private:
  struct written_file {
    std::optional<rule> good;
    bool is_malformed = false;
    /// When it came to have the id of `good`.
    std::uint64_t since = 0;
    /// What it may be for somebody: its rule, or when it is malformed what it and those it took the place of
    /// last were.
    std::vector<rule> kept = {};
  };

  rule_view with_states(rule_view view) const;

  std::map<std::string, written_file> files_;
  std::map<std::string, rule_state> states_;
  std::uint64_t steps_ = 0;
};

} // namespace sluice
