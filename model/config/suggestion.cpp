#include "model/config/suggestion.hpp"

#include <algorithm>
#include <cstddef>

namespace sluice {

namespace {

/// Optimal string alignment distance (Damerau 1964, restricted), in O(|a|·|b|).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

constexpr std::size_t longest_name = 128;
/// Fewer letters begin too many names.
constexpr std::size_t shortest_prefix = 3;

/// Returns the shortest candidate that begins with `wrong`, or nullptr.
const std::string* shortest_completion(std::string_view wrong, const std::vector<std::string>& candidates) {
  if (wrong.size() < shortest_prefix)
    return nullptr;
  const std::string* best = nullptr;
  for (const auto& candidate : candidates) {
    const bool fits = candidate.size() > wrong.size() && candidate.size() <= longest_name &&
                      candidate.compare(0, wrong.size(), wrong) == 0;
    if (fits && (best == nullptr || candidate.size() < best->size()))
      best = &candidate;
  }
  return best;
}

} // namespace

const std::string* nearest(std::string_view wrong, const std::vector<std::string>& candidates) {
  if (wrong.size() > longest_name)
    return nullptr;
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, wrong.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    if (candidate.size() > longest_name)
      continue;
    const auto here = distance(wrong, candidate);
    const bool shares_a_letter = here < std::max(wrong.size(), candidate.size());
    if (here < best_distance && here != 0 && shares_a_letter) {
      best_distance = here;
      best = &candidate;
    }
  }
  return best ? best : shortest_completion(wrong, candidates);
}

std::string suggest(std::string_view wrong, const std::vector<std::string>& candidates) {
  const auto* best = nearest(wrong, candidates);
  return best ? " (did you mean '" + *best + "'?)" : std::string{};
}

} // namespace sluice
