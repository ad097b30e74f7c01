#include "bench/support/contest.hpp"

#include <algorithm>

namespace sluice::bench {

spread spread_of(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const auto middle = figures.size() / 2;
  const auto median = figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  return {figures.front(), median, figures.back()};
}

std::vector<standing> compete(const std::vector<contestant>& contestants, std::size_t reference,
                              std::size_t rounds, ratio_of kind) {
  std::vector<std::vector<double>> rates(contestants.size());
  for (std::size_t round = 0; round <= rounds; ++round)
    for (std::size_t turn = 0; turn < contestants.size(); ++turn) {
      const auto which = (round + turn) % contestants.size();
      const auto rate = contestants[which].run();
      if (round != 0)
        rates[which].push_back(rate);
    }
  std::vector<standing> standings;
  for (std::size_t which = 0; which < contestants.size(); ++which) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < rounds; ++round) {
      const auto ratio = rates[which][round] / rates[reference][round];
      ratios.push_back(kind == ratio_of::own_over_reference ? ratio : 1 / ratio);
    }
    standings.push_back({contestants[which].name, spread_of(rates[which]), spread_of(ratios)});
  }
  return standings;
}

} // namespace sluice::bench
