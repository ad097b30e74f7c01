// Runs random graphs for a while and checks their books; see docs/testing.md. Prints nothing about a round
// unless it fails.

#include "tests/stress/random/stress_round.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>

namespace {

struct settings {
  std::int64_t seconds = 60;
  std::optional<std::uint64_t> seed;
  std::uint64_t rounds = 1;
  std::optional<std::uint64_t> first_seed;
  std::int64_t patience = 120;
  bool sharing_only = false;
  bool verbose = false;
};

class stress_run {
public:
  explicit stress_run(const settings& chosen)
      : chosen_(chosen),
        limits_{std::chrono::seconds{chosen.patience}, std::chrono::seconds{60}, chosen.sharing_only} {}

  int run() {
    const auto begin = std::chrono::steady_clock::now();
    if (chosen_.seed) {
      for (std::uint64_t i = 0; i < chosen_.rounds; ++i)
        if (!round(*chosen_.seed))
          return EXIT_FAILURE;
    } else {
      std::random_device random;
      const auto first = chosen_.first_seed ? *chosen_.first_seed : (std::uint64_t{random()} << 20);
      for (auto seed = first;
           std::chrono::steady_clock::now() - begin < std::chrono::seconds{chosen_.seconds}; ++seed)
        if (!round(seed))
          return EXIT_FAILURE;
    }
    fmt::print("{} rounds, {} flows, {} messages: nothing found\n", rounds_, flows_, messages_);
    return EXIT_SUCCESS;
  }

private:
  bool round(std::uint64_t seed) {
    if (chosen_.verbose) {
      fmt::print("seed {}\n", seed);
      std::fflush(stdout);
    }
    const auto result = sluice::stress::run_round(seed, limits_);
    ++rounds_;
    flows_ += result.flows;
    messages_ += result.messages;
    if (result.failure.empty())
      return true;
    fmt::print("{}", result.failure);
    std::fflush(stdout);
    if (result.hangs)
      std::_Exit(EXIT_FAILURE);
    return false;
  }

  settings chosen_;
  sluice::stress::round_limits limits_;
  std::uint64_t rounds_ = 0;
  std::size_t flows_ = 0;
  std::uint64_t messages_ = 0;
};

} // namespace

int main(int count, char** arguments) {
  settings chosen;
  CLI::App app("Runs random graphs and checks that they end and that their accounts balance.");
  app.add_option("--seconds", chosen.seconds, "how long to go on")->capture_default_str();
  app.add_option("--seed", chosen.seed, "run this round alone");
  app.add_option("--rounds", chosen.rounds, "with --seed: how often; schedules differ")
      ->capture_default_str();
  app.add_option("--first-seed", chosen.first_seed, "the first of consecutive seeds; random without it");
  app.add_option("--patience", chosen.patience, "seconds that a flow may take")->capture_default_str();
  app.add_flag("--sharing-only", chosen.sharing_only,
               "never the stealing scheduler; for the thread sanitizer");
  app.add_flag("--verbose", chosen.verbose, "print each seed before its round");
  CLI11_PARSE(app, count, arguments);
  return stress_run(chosen).run();
}
