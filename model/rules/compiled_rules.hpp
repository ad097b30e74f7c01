#pragma once

#include "model/rules/rule_view.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How often a rule has matched; shared by all compiled forms that the rule was part of without a break.
using rule_hits = std::shared_ptr<std::atomic<std::uint64_t>>;

/// One rule of a compiled set, ready to tag with.
struct armed_rule {
  std::shared_ptr<const rule> definition;
  /// Nothing is emitted with more confidence than this; below 0: the rule is disabled.
  double confidence_max = 1;
  rule_hits hits = {};
};

/// How much work compiling may be.
enum class rule_compiling {
  /// A few new patterns get a small set beside the large one that was lent, if that has 2,000 patterns or
  /// more: in force at once, and nothing that was warm gets cold. Every text costs a second pass, though.
  quick,
  /// One set for each field, as large as it needs to be. For when `is_whole()` says no, off the path.
  whole,
};

/// Rules in the form that messages are matched with: an RE2::Set for each field that some rule looks at,
/// immutable. Any number of threads match at the same time.
class compiled_rules {
public:
  /// Compiles `view`, disabled rules included: states are cheap to change afterwards (`with_states`). Entries
  /// without a definition are left out. `previous` lends the sets of fields whose patterns have not changed,
  /// and the counters. A set that RE2 cannot compile after all, or that would need too much memory, falls
  /// back to patterns one by one (`fallbacks`), never to silence. Does not throw for what is in `view`.
  static std::shared_ptr<const compiled_rules> compile(const rule_view& view, utc_time now,
                                                       const compiled_rules* previous = nullptr,
                                                       rule_compiling how = rule_compiling::quick);
  ~compiled_rules();

  /// Returns the same rules with other states; shares the compiled patterns.
  std::shared_ptr<const compiled_rules> with_states(const rule_view& view, utc_time now) const;

  /// Appends to `out` the rules (as indexes of `rules()`, ascending) that apply to `kind` and match, and
  /// counts them; disabled ones are left out. `field` returns a field's text, or nullptr when the message has
  /// none.
  void match(std::string_view kind,
             const std::function<const std::string_view*(std::string_view field)>& field,
             std::vector<std::size_t>& out) const;
  /// The same with a text for each of `fields()`, in that order; a view without an address where the message
  /// has none.
  void match(std::string_view kind, std::span<const std::string_view> texts,
             std::vector<std::size_t>& out) const;

  /// Ordered by id.
  const std::vector<armed_rule>& rules() const noexcept;
  /// Matches texts of the field that were seen lately, so that RE2's automata are built before the first
  /// message needs them. Counts no hits.
  void warm(std::string_view field, const std::vector<std::string>& texts) const;
  /// The fields that some rule looks at, sorted.
  const std::vector<std::string>& fields() const noexcept;
  /// False when `rule_compiling::whole` would make matching faster.
  bool is_whole() const noexcept;
  /// How often RE2 gave up a set's memory and patterns were tried one by one, since the first of the forms
  /// that lent to each other.
  std::uint64_t fallbacks() const noexcept;
  /// The ids of rules whose pattern RE2 refuses, so that they match nothing: none that `read_rule` has read.
  std::vector<std::string> refused() const;

private:
  struct parts;
  explicit compiled_rules(std::unique_ptr<parts> made);
  std::unique_ptr<parts> parts_;
};

} // namespace sluice
