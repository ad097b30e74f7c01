// Those who are killed while they set states, and what is left of it.

#include "tests/faults/rule_world.hpp"
#include "tests/faults/spoken_words.hpp"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace sluice {

namespace {

constexpr std::size_t words_of_a_speaker = 30;

/// Points that whoever sets a state passes once for each.
const std::vector<std::string>& points_of(bool of_directory) {
  static const std::vector<std::string> directory = {"rule_states.locked", "rule_states.written",
                                                     "rule_states.renamed"};
  static const std::vector<std::string> database = {"transaction.begun", "rule.state_written",
                                                    "transaction.written", "transaction.committed"};
  return of_directory ? directory : database;
}

/// How far a process has come that may be killed at any moment.
class shared_progress {
public:
  shared_progress()
      : place_(::mmap(nullptr, sizeof(counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (place_ == MAP_FAILED)
      throw std::bad_alloc();
    counters_ = new (place_) counters;
  }
  shared_progress(const shared_progress&) = delete;
  shared_progress& operator=(const shared_progress&) = delete;
  ~shared_progress() { ::munmap(place_, sizeof(counters)); }

  struct counters {
    std::atomic<std::size_t> begun{0};
    std::atomic<std::size_t> done{0};
  };
  counters& get() const noexcept { return *counters_; }

private:
  void* place_;
  counters* counters_ = nullptr;
};

} // namespace

/// Sets states in one place until it dies; then the other place is told what the first has kept.
std::string rule_world::kill_a_speaker() {
  const bool of_directory = below(3) != 0;
  const auto patience = below(words_of_a_speaker);
  const auto base = story_.size();
  const auto fault = below(2) == 0 ? any_fault(of_directory, patience) : std::string();
  const shared_progress progress;
  {
    forked_child speaker([&](forked_child& self) {
      ::setenv("SLUICE_FAULT", fault.c_str(), 1);
      const auto rules = of_directory ? open_directory() : database_.open(now_);
      for (std::size_t i = 1; i <= words_of_a_speaker; ++i) {
        progress.get().begun = i;
        rules->set_state(spoken_rule(i), spoken_word(i, base, now_), now_);
        progress.get().done = i;
        self.tell();
      }
      for (;;)
        ::pause();
      return 0;
    });
    if (fault.empty())
      for (std::uint64_t i = 0; i < patience; ++i)
        speaker.await();
    if (fault.empty())
      speaker.signal(SIGKILL);
    if (const int status = speaker.wait(); status != 128 + SIGKILL)
      complaints_ += fmt::format("the speaker ended with {}\n", status);
  }
  const auto begun = progress.get().begun.load();
  const auto kept = catch_up(of_directory, progress.get().done.load(), begun, base);
  return fmt::format("of {} words to the {} {} are kept {}", begun, of_directory ? "directory" : "database",
                     kept, fault);
}

std::string rule_world::any_fault(bool of_directory, std::size_t passings) {
  const auto& points = points_of(of_directory);
  return fmt::format("{}:{}", points[below(points.size())], 1 + passings);
}

std::string rule_world::kill_the_keeper() {
  const bool of_directory = below(2) == 0;
  const auto at = of_directory ? keeper_process::place::directory : keeper_process::place::database;
  auto patience = below(words_of_a_speaker);
  const auto base = story_.size();
  std::string fault;
  if (below(2) == 0) {
    // One that dies at a certain place while it speaks; nothing is set before, for nothing has expired.
    fault = of_directory ? any_fault(true, patience) : fmt::format("rule.state_written:{}", 1 + patience);
    keeper_.reset();
    keeper_ = std::make_unique<keeper_process>(directory_, database_.options({}).path, now_, fault);
    patience = keeper_->speak_until_it_dies(at, words_of_a_speaker, base);
  } else {
    keeper_->kill_while_it_speaks(at, words_of_a_speaker, patience, base);
  }
  const auto kept = catch_up(of_directory, patience, words_of_a_speaker, base);
  begin_keeper();
  return fmt::format("{} words to the {} are kept {}", kept, of_directory ? "directory" : "database", fault);
}

std::size_t rule_world::catch_up(bool of_directory, std::size_t least, std::size_t most, std::size_t story) {
  const auto first = of_directory ? open_directory() : database_.open(now_);
  auto kept = most;
  while (kept > least && first->state(spoken_rule(kept), now_) != spoken_word(kept, story, now_))
    --kept;
  auto& other = of_directory ? *tail_.rules : *here_.rules;
  for (std::size_t i = 1; i <= kept; ++i) {
    other.set_state(spoken_rule(i), spoken_word(i, story, now_), now_);
    words_ += model_.say(spoken_rule(i), spoken_word(i, story, now_), now_);
  }
  return kept;
}

} // namespace sluice
