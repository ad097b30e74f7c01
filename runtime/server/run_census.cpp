#include "runtime/server/run_census.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::milliseconds census_patience{250};
constexpr std::chrono::seconds census_pause{2};
/// The pause after a count, in times that it took.
constexpr int census_rest = 99;

} // namespace

struct run_census::state {
  std::mutex mutex;
  std::condition_variable answered;
  std::optional<run_counts> last;
  clock_type::time_point next = clock_type::time_point::min();
  bool asked = false;
};

run_census::run_census(reading read, std::function<clock_type::time_point()> clock)
    : read_(std::move(read)), clock_(std::move(clock)), state_(std::make_shared<state>()) {}

std::optional<run_counts> run_census::counts() {
  bool first = false;
  {
    const std::lock_guard lock(state_->mutex);
    first = !state_->asked && clock_() >= state_->next;
    state_->asked = state_->asked || first;
  }
  if (first)
    ask();
  std::unique_lock lock(state_->mutex);
  state_->answered.wait_for(lock, census_patience, [this] { return !state_->asked; });
  return state_->last;
}

void run_census::ask() {
  const auto found = std::make_shared<run_counts>();
  const auto took = std::make_shared<clock_type::duration>();
  read_(
      [found, took, clock = clock_](store& in, utc_time) {
        const auto begin = clock();
        *found = in.runs().count_by_status();
        *took = clock() - begin;
      },
      [found, took, clock = clock_, to = state_](const std::exception_ptr& failure) {
        const std::lock_guard lock(to->mutex);
        to->last = failure ? std::nullopt : std::optional(*found);
        to->next = clock() + std::max<clock_type::duration>(census_pause, census_rest * *took);
        to->asked = false;
        to->answered.notify_all();
      });
}

} // namespace sluice
