#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace sluice::bench {

/// One way to do a piece of work.
struct contestant {
  std::string name;
  /// Does the work once and returns how much of it was done a second, in the unit of the contest. Throws
  /// `error` when the work was not done right (a message lost).
  std::function<double()> run;
};

/// Least, median and most of some figures.
struct spread {
  double least = 0;
  double median = 0;
  double most = 0;
};

/// Returns the spread of `figures`, of which there is at least one.
spread spread_of(std::vector<double> figures);

/// How one contestant did.
struct standing {
  std::string name;
  /// In the unit of the contest, over all rounds.
  spread rate;
  /// Rate over the rate of the reference in the same round, or the other way round (`ratio_of`): what else
  /// the machine did then hit both.
  spread ratio;
};

/// What the ratios of a contest divide.
enum class ratio_of {
  own_over_reference,
  reference_over_own, ///< how many times as fast the reference is: for ours against rivals
};

/// Lets all contestants run `rounds` times, interleaved, each round starting with another one, after one run
/// of each that does not count. `reference` is the index of the one that the ratios compare with.
std::vector<standing> compete(const std::vector<contestant>& contestants, std::size_t reference,
                              std::size_t rounds, ratio_of kind = ratio_of::own_over_reference);

} // namespace sluice::bench
