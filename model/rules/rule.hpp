#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// What a rule says about a message that it matches: one tag.
struct rule_emission {
  /// E.g. a technique id of MITRE ATT&CK: `T1059.004`.
  std::string technique_id;
  /// E.g. `execution`; may be empty.
  std::string tactic;
  /// 0 to 1.
  double confidence = 1;
  /// What else the rule's author wrote, as strings, in file order.
  std::vector<std::pair<std::string, std::string>> more = {};

  friend bool operator==(const rule_emission&, const rule_emission&) = default;
};

/// An operator's rule: which messages it looks at, what it looks for, and what it says about them. As checked
/// by `read_rule` (docs/rules.md has the format). Its identity is `id`, never the name of a file.
struct rule {
  /// A name: letters, digits, `_`, `-` and `.`.
  std::string id;
  std::uint64_t version = 1;
  std::string name;
  std::string description = {};
  /// Kinds of message that it looks at; empty: all.
  std::vector<std::string> applies_to = {};
  /// A field of the record, dots between the members of nested ones, e.g. `request.path`.
  std::string field;
  /// RE2 syntax, found anywhere in the field's text unless anchored.
  std::string pattern;
  /// At least one.
  std::vector<rule_emission> emits = {};

  friend bool operator==(const rule&, const rule&) = default;
};

/// Longest text of a rule, in bytes; most rules in one place.
inline constexpr std::size_t rule_text_limit = std::size_t{256} << 10;
inline constexpr std::size_t rule_count_limit = 100'000;

} // namespace sluice
