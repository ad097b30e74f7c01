#pragma once

#include <cstddef>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace sluice::testing {

/// The series of a Prometheus text, by everything before the value: `name{label="value"}`.
using series_map = std::map<std::string, double>;

/// Reads Prometheus text strictly enough for tests: throws for a line that is no series and for a series
/// given twice.
inline series_map parse_series(const std::string& text) {
  series_map all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#')
      continue;
    const auto space = line.rfind(' ');
    if (space == std::string::npos)
      throw std::runtime_error("no series: " + line);
    if (!all.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second)
      throw std::runtime_error("given twice: " + line);
  }
  return all;
}

} // namespace sluice::testing
