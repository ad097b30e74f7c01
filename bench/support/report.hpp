#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench/support/contest.hpp"

namespace sluice::bench {

/// What every benchmark program takes on its command line.
struct arguments {
  /// Rounds that count, of every contest.
  std::size_t rounds = 5;
  /// Multiplies the work of every run: 0.1 for a quick look.
  double scale = 1;
  /// Where the report goes as JSON; nowhere when empty.
  std::string json;
  /// Runs only the contests whose title contains this; all when empty.
  std::string only;

  /// Returns true when the contest `title` is to be run.
  bool wants(const std::string& title) const { return title.find(only) != std::string::npos; }
  /// Returns `count`, scaled, at least 1.
  std::size_t scaled(std::size_t count) const;
};

/// Reads the command line (`--rounds N --scale X --json FILE --only TITLE --help`); ends the program when it
/// is wrong.
arguments read_arguments(int argc, char** argv, const std::string& question);

/// Collects what one benchmark program found; prints it as Markdown as it comes and writes it as JSON.
///
/// JSON: `{"question", "tables": [{"title", "unit", "ratio", "rows": [{"name", "rate": {"least",
/// "median", "most"}, "ratio": {…}}]}], "figures": [{"title", "rows": [{"name", member: number…}]}]}`.
class report {
public:
  /// `question` is the folder's name: `throughput`.
  report(std::string question, arguments given);

  /// A contest; rates are printed divided by `scale` and called `unit`. The reference is the row whose ratio
  /// is 1 throughout; `ratio` is the heading of that column.
  void add(const std::string& title, const std::string& unit, double scale,
           const std::vector<standing>& standings, const std::string& ratio = "ratio");

  /// Numbers that are no contest: one row per name, one column per member.
  struct row {
    std::string name;
    std::vector<double> values;
  };
  void add(const std::string& title, const std::vector<std::string>& columns, const std::vector<row>& rows);

  /// Writes the JSON file if one was asked for. Throws `error("write_failed")`.
  void finish() const;

private:
  std::string question_;
  arguments given_;
  struct contest_table {
    std::string title;
    std::string unit;
    double scale;
    std::vector<standing> standings;
    std::string ratio;
  };
  struct figure_table {
    std::string title;
    std::vector<std::string> columns;
    std::vector<row> rows;
  };
  std::vector<contest_table> contests_;
  std::vector<figure_table> figures_;
};

/// What `main` of a benchmark program is: reads the command line, lets `answer` fill the report, writes it.
/// Returns the exit status; what went wrong is on stderr.
int run_benchmark(int argc, char** argv, const std::string& question,
                  const std::function<void(report&, const arguments&)>& answer);

} // namespace sluice::bench
