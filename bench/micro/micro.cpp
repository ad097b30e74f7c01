// What the smallest parts of the hot path cost, one by one. See README.md.

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bench/micro/suites.hpp"

namespace {

/// Returns the flag of Google Benchmark that does what `--json`, `--rounds`, `--scale` or `--only` does in
/// the other programs, and any other argument as it is.
std::vector<std::string> translated(std::string_view name, std::string_view value) {
  const auto with_value = [&](std::string_view flag) { return std::string(flag) + std::string(value); };
  if (name == "--json")
    return {with_value("--benchmark_out="), "--benchmark_out_format=json"};
  if (name == "--rounds")
    return {with_value("--benchmark_repetitions="), "--benchmark_report_aggregates_only=true"};
  if (name == "--scale")
    return {"--benchmark_min_time=" + std::to_string(0.5 * std::strtod(std::string(value).c_str(), nullptr))};
  if (name == "--only")
    return {with_value("--benchmark_filter=")};
  return {};
}

std::vector<std::string> translated(int argc, char** argv) {
  std::vector<std::string> all{argv[0]};
  for (int i = 1; i < argc; ++i) {
    const auto flags = i + 1 < argc ? translated(argv[i], argv[i + 1]) : std::vector<std::string>{};
    if (flags.empty()) {
      all.emplace_back(argv[i]);
    } else {
      all.insert(all.end(), flags.begin(), flags.end());
      ++i;
    }
  }
  return all;
}

} // namespace

int main(int argc, char** argv) {
  auto flags = translated(argc, argv);
  std::vector<char*> pointers;
  for (auto& each : flags)
    pointers.push_back(each.data());
  auto count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data()))
    return EXIT_FAILURE;
  sluice::bench::register_edge_queue();
  sluice::bench::register_lossy_channel();
  sluice::bench::register_edge_core();
  sluice::bench::register_edge_meter();
  sluice::bench::register_input_selector();
  sluice::bench::register_payload();
  sluice::bench::register_message();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}
