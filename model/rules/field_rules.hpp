#pragma once

#include "model/rules/pattern_set.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// The rules that look at one field, by their patterns. Most patterns are in one large set. A few that came
/// later are in a small one beside it: compiling that takes no time worth the name, and the automata of the
/// large one stay as warm as they are. Each set costs every text a pass, so the two should become one when
/// there is time.
class field_rules {
public:
  /// One rule: its pattern and its number among all rules.
  struct entry {
    std::string_view pattern;
    std::uint32_t rule = 0;
  };
  using counter = std::shared_ptr<std::atomic<std::uint64_t>>;

  /// Makes the sets of `entries`, with those of `previous` (may be null) where they still fit.
  /// @param whole leaves nothing in a small set.
  field_rules(std::vector<entry> entries, const field_rules* previous, bool whole, const counter& fallbacks);

  /// Appends the numbers of the rules whose pattern is in `text` to `out`, in no order. `places` is room to
  /// work in.
  void match(std::string_view text, std::vector<int>& places, std::vector<std::size_t>& out) const;

  /// False when there is a small set, or many patterns of the large one are nobody's any more.
  bool is_whole() const noexcept;
  /// Appends the numbers of the rules whose pattern RE2 refuses.
  void refused(std::vector<std::size_t>& out) const;

private:
  /// A set, and the rules of each of its patterns: those of pattern `i` are `rules[first[i]]` up to
  /// `rules[first[i + 1]]`.
  struct side {
    std::shared_ptr<const pattern_set> set;
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> rules;

    void match(std::string_view text, std::vector<int>& places, std::vector<std::size_t>& out) const;
    void refused(std::vector<std::size_t>& out) const;
  };

  static side assign(std::shared_ptr<const pattern_set> set, const std::vector<entry>& entries);

  side most_;
  /// Without a set when there are no late ones.
  side late_;
  std::size_t unused_ = 0;
};

} // namespace sluice::detail
