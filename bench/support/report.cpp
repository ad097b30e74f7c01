#include "bench/support/report.hpp"

#include "model/base/error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

namespace sluice::bench {

namespace {

using document = nlohmann::ordered_json;

document describe(const spread& figures, double scale) {
  return {
      {"least", figures.least / scale}, {"median", figures.median / scale}, {"most", figures.most / scale}};
}

} // namespace

std::size_t arguments::scaled(std::size_t count) const {
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * scale));
}

arguments read_arguments(int argc, char** argv, const std::string& question) {
  arguments given;
  CLI::App program(question);
  program.add_option("--rounds", given.rounds, "Rounds of every contest, one more to warm up")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  program.add_option("--scale", given.scale, "Multiplies the work of every run")
      ->check(CLI::Range(1e-6, 1e6))
      ->capture_default_str();
  program.add_option("--json", given.json, "Writes the figures to this file, too");
  program.add_option("--only", given.only, "Runs only the contests whose title contains this");
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    std::exit(program.exit(wrong));
  }
  return given;
}

report::report(std::string question, arguments given)
    : question_(std::move(question)), given_(std::move(given)) {}

void report::add(const std::string& title, const std::string& unit, double scale,
                 const std::vector<standing>& standings, const std::string& ratio) {
  fmt::print("\n**{}** ({} rounds)\n\n| | {} | least–most | {} | least–most |\n|---|---|---|---|---|\n",
             title, given_.rounds, unit, ratio);
  for (const auto& each : standings)
    fmt::print("| {} | {:.3g} | {:.3g}–{:.3g} | {:.2f} | {:.2f}–{:.2f} |\n", each.name,
               each.rate.median / scale, each.rate.least / scale, each.rate.most / scale, each.ratio.median,
               each.ratio.least, each.ratio.most);
  std::fflush(stdout);
  contests_.push_back({title, unit, scale, standings, ratio});
}

void report::add(const std::string& title, const std::vector<std::string>& columns,
                 const std::vector<row>& rows) {
  fmt::print("\n**{}**\n\n| |", title);
  for (const auto& column : columns)
    fmt::print(" {} |", column);
  fmt::print("\n|---|");
  for (std::size_t i = 0; i < columns.size(); ++i)
    fmt::print("---|");
  for (const auto& each : rows) {
    fmt::print("\n| {} |", each.name);
    for (const auto value : each.values)
      fmt::print(" {:.4g} |", value);
  }
  fmt::print("\n");
  std::fflush(stdout);
  figures_.push_back({title, columns, rows});
}

void report::finish() const {
  if (given_.json.empty())
    return;
  document all{{"question", question_},
               {"rounds", given_.rounds},
               {"tables", document::array()},
               {"figures", document::array()}};
  for (const auto& contest : contests_) {
    document table{{"title", contest.title},
                   {"unit", contest.unit},
                   {"ratio", contest.ratio},
                   {"rows", document::array()}};
    for (const auto& each : contest.standings)
      table["rows"].push_back({{"name", each.name},
                               {"rate", describe(each.rate, contest.scale)},
                               {"ratio", describe(each.ratio, 1)}});
    all["tables"].push_back(std::move(table));
  }
  for (const auto& figure : figures_) {
    document table{{"title", figure.title}, {"rows", document::array()}};
    for (const auto& each : figure.rows) {
      document entry{{"name", each.name}};
      for (std::size_t i = 0; i < figure.columns.size(); ++i)
        entry[figure.columns[i]] = each.values[i];
      table["rows"].push_back(std::move(entry));
    }
    all["figures"].push_back(std::move(table));
  }
  std::ofstream file(given_.json);
  if (!(file << all.dump(2) << '\n') || !file.flush())
    throw error("write_failed", fmt::format("cannot write '{}'", given_.json));
}

int run_benchmark(int argc, char** argv, const std::string& question,
                  const std::function<void(report&, const arguments&)>& answer) {
  const auto given = read_arguments(argc, argv, question);
  try {
    report found(question, given);
    answer(found, given);
    found.finish();
    return EXIT_SUCCESS;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "bench_{}: {}\n", question, failed.what());
    return EXIT_FAILURE;
  }
}

} // namespace sluice::bench
