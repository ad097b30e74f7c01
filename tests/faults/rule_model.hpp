#pragma once

#include "model/rules/rule_view.hpp"

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
  };

  rule_view with_states(rule_view view) const;

  std::map<std::string, written_file> files_;
  std::map<std::string, rule_state> states_;
  std::uint64_t steps_ = 0;
};

} // namespace sluice
