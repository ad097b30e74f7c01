#include "bench/support/paced.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace sluice::bench {

namespace {

constexpr double least_count = 1'000;
constexpr double most_count = 100'000'000;

/// A run this much shorter than the aim tells more of starting than of running: it is done again.
constexpr double too_short = 0.25;
constexpr int most_tries = 4;

} // namespace

contestant paced(std::string name, std::chrono::duration<double> aim,
                 std::function<double(std::uint64_t count)> seconds_for) {
  const auto count = std::make_shared<double>(least_count);
  return {std::move(name), [count, aim, seconds_for = std::move(seconds_for)] {
            double rate = 0;
            for (int tries = 0; tries < most_tries; ++tries) {
              const auto messages = static_cast<std::uint64_t>(*count);
              const auto seconds = seconds_for(messages);
              rate = static_cast<double>(messages) / seconds;
              *count = std::clamp(rate * aim.count(), least_count, most_count);
              if (seconds > aim.count() * too_short || *count <= static_cast<double>(messages))
                break;
            }
            return rate;
          }};
}

} // namespace sluice::bench
