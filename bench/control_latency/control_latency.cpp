// How long control messages, and lone data messages, take. See README.md.

#include <fmt/format.h>

#include <functional>

#include "bench/control_latency/scenes.hpp"
#include "bench/support/report.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;

/// CAF's default, in effect: an actor goes on until its mailbox is empty.
constexpr std::size_t unlimited = 1'000'000'000;
constexpr std::size_t turns[] = {8, 16, 32, 64, unlimited};
/// How often a control message is sent.
constexpr std::chrono::milliseconds control_interval{1};
constexpr double control_seconds = 1;
constexpr double data_seconds = 0.5;

struct setting {
  std::string name;
  std::function<sighting()> run;
  sighting seen = {};
};

using scene = std::function<sighting(const tuning&)>;

std::vector<setting> every_tuning(const scene& played) {
  std::vector<setting> all;
  for (const bool sharing : {true, false})
    for (const auto a_turn : turns) {
      const auto limit = a_turn == unlimited ? std::string("unlimited") : fmt::format("{} a turn", a_turn);
      all.push_back({fmt::format("{}, {}", sharing ? "sharing" : "stealing", limit), [=] {
                       return played({sharing, a_turn});
                     }});
    }
  return all;
}

/// Plays all settings `rounds` times, interleaved, each round starting with another one.
void play(std::vector<setting>& settings, std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round)
    for (std::size_t turn = 0; turn < settings.size(); ++turn) {
      auto& each = settings[(round + turn) % settings.size()];
      each.seen.add(each.run());
    }
}

std::vector<double> percentiles(sighting& seen) {
  return {seen.microseconds(0.5), seen.microseconds(0.99), seen.microseconds(0.999), seen.microseconds(1)};
}

const std::vector<std::string> percentile_columns{"p50_us", "p99_us", "p99.9_us", "max_us"};

pace paced(std::chrono::nanoseconds interval, double seconds, const arguments& given) {
  const auto count = seconds / std::chrono::duration<double>(interval).count();
  return {interval, given.scaled(static_cast<std::size_t>(count))};
}

void report_control(report& found, const std::string& title, std::vector<setting> settings,
                    const arguments& given) {
  play(settings, given.rounds);
  auto columns = percentile_columns;
  columns.insert(columns.end(), {"samples", "refusals", "data_million_a_second"});
  std::vector<report::row> rows;
  for (auto& each : settings) {
    auto values = percentiles(each.seen);
    values.insert(values.end(),
                  {static_cast<double>(each.seen.latencies.size()), static_cast<double>(each.seen.refusals),
                   each.seen.messages / each.seen.seconds / 1e6});
    rows.push_back({each.name, values});
  }
  found.add(title, columns, rows);
}

void report_data(report& found, const std::string& rate_name, std::chrono::nanoseconds interval,
                 const arguments& given) {
  constexpr double held = 95;
  const auto sent = paced(interval, data_seconds, given);
  auto settings = every_tuning([&](const tuning& chosen) { return data_through_idle_path(chosen, sent); });
  settings.push_back({"a bare thread, one hand-over", [&] { return bare_thread(sent, missed::catch_up); }});
  play(settings, given.rounds);
  auto columns = percentile_columns;
  columns.insert(columns.end(), {"samples", "rate_held_percent"});
  std::vector<report::row> rows;
  for (auto& each : settings) {
    auto values = percentiles(each.seen);
    const auto asked = std::chrono::duration<double>(interval).count();
    const auto share = 100 * each.seen.messages / each.seen.seconds * asked;
    values.insert(values.end(), {static_cast<double>(each.seen.latencies.size()), share});
    rows.push_back({share < held ? each.name + " (rate not held)" : each.name, values});
  }
  found.add("One message through 3 idle hops, " + rate_name + " messages/s", columns, rows);
}

void answer(report& found, const arguments& given) {
  const auto control = paced(control_interval, control_seconds, given);
  report_control(found, "Control through a saturated path of 3 hops", every_tuning([&](const tuning& chosen) {
                   return control_through_saturated_path(chosen, control);
                 }),
                 given);
  report_control(found, "Control from a source through a saturated path of 3 hops",
                 every_tuning([&](const tuning& chosen) { return control_from_source(chosen, control); }),
                 given);
  auto idle = every_tuning([&](const tuning& chosen) { return control_to_idle_flow(chosen, control); });
  idle.push_back(
      {"a bare thread beside the same load", [&] { return bare_thread_beside_load(tuning{}, control); }});
  report_control(found, "Control to an idle flow beside 2 saturated chains per worker", std::move(idle),
                 given);
  report_data(found, "1 k", std::chrono::milliseconds{1}, given);
  report_data(found, "100 k", std::chrono::microseconds{10}, given);
  report_data(found, "1 M", std::chrono::microseconds{1}, given);
}

} // namespace

int main(int argc, char** argv) {
  return run_benchmark(argc, argv, "control_latency", answer);
}
