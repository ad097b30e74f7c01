#include "model/rules/field_rules.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sluice::detail {

namespace {

using entries = std::vector<field_rules::entry>;

/// More patterns than this are not worth a set of their own.
constexpr std::size_t most_late = 64;
/// A smaller set is made anew, which takes a few milliseconds: less than the second pass over each text
/// costs.
constexpr std::size_t fewest_beside_late = 2000;
/// A set with a larger share of patterns that are nobody's is made anew.
constexpr std::size_t unused_share = 4;

std::vector<std::string> patterns_of(const entries& sorted) {
  std::vector<std::string> patterns;
  for (const auto& each : sorted)
    if (patterns.empty() || patterns.back() != each.pattern)
      patterns.emplace_back(each.pattern);
  return patterns;
}

} // namespace

field_rules::field_rules(std::vector<entry> wanted, const field_rules* previous, bool whole,
                         const counter& fallbacks) {
  std::sort(wanted.begin(), wanted.end(), [](const entry& a, const entry& b) {
    return std::pair(a.pattern, a.rule) < std::pair(b.pattern, b.rule);
  });
  auto patterns = patterns_of(wanted);
  if (previous) {
    const auto& known = previous->most_.set->patterns();
    std::vector<std::string> late;
    std::set_difference(patterns.begin(), patterns.end(), known.begin(), known.end(),
                        std::back_inserter(late));
    unused_ = known.size() - (patterns.size() - late.size());
    const bool few_late = late.empty() || (late.size() <= most_late && known.size() >= fewest_beside_late);
    const bool few_unused = unused_ * unused_share <= known.size();
    if (whole ? late.empty() && unused_ == 0 : few_late && few_unused) {
      most_ = assign(previous->most_.set, wanted);
      if (late.empty())
        return;
      const auto& before = previous->late_.set;
      late_ = assign(before && before->patterns() == late
                         ? before
                         : std::make_shared<const pattern_set>(std::move(late), fallbacks),
                     wanted);
      return;
    }
  }
  unused_ = 0;
  most_ = assign(std::make_shared<const pattern_set>(std::move(patterns), fallbacks), wanted);
}

field_rules::side field_rules::assign(std::shared_ptr<const pattern_set> set, const entries& sorted) {
  side made;
  const auto& patterns = set->patterns();
  made.first.reserve(patterns.size() + 1);
  auto next = sorted.begin();
  for (const auto& pattern : patterns) {
    made.first.push_back(static_cast<std::uint32_t>(made.rules.size()));
    while (next != sorted.end() && next->pattern < pattern)
      ++next;
    for (; next != sorted.end() && next->pattern == pattern; ++next)
      made.rules.push_back(next->rule);
  }
  made.first.push_back(static_cast<std::uint32_t>(made.rules.size()));
  made.set = std::move(set);
  return made;
}

void field_rules::side::match(std::string_view text, std::vector<int>& places,
                              std::vector<std::size_t>& out) const {
  set->match(text, places);
  for (const auto place : places) {
    const auto pattern = static_cast<std::size_t>(place);
    for (auto at = first[pattern]; at != first[pattern + 1]; ++at)
      out.push_back(rules[at]);
  }
}

void field_rules::side::refused(std::vector<std::size_t>& out) const {
  for (const auto pattern : set->refused())
    for (auto at = first[pattern]; at != first[pattern + 1]; ++at)
      out.push_back(rules[at]);
}

void field_rules::match(std::string_view text, std::vector<int>& places,
                        std::vector<std::size_t>& out) const {
  most_.match(text, places, out);
  if (late_.set)
    late_.match(text, places, out);
}

bool field_rules::is_whole() const noexcept {
  return !late_.set && unused_ == 0;
}

void field_rules::refused(std::vector<std::size_t>& out) const {
  most_.refused(out);
  if (late_.set)
    late_.refused(out);
}

} // namespace sluice::detail
