#pragma once

#include <vector>

#include "bench/support/report.hpp"

namespace sluice::bench {

/// How long it takes from the moment that a file of a directory is there under its name until the rules in
/// force have what it says: inotify, reading, compiling and warming on the keeper's thread, and waking up who
/// waits for it.
void measure_saves(report& found, const arguments& given);

/// How long it takes to set the state of a rule: durable, in force and told to everybody when it returns.
void measure_states(report& found, const arguments& given);

/// How long it takes from opening a directory or a database until its rules are in force, actors and threads
/// included.
void measure_openings(report& found, const arguments& given);

/// Returns `{p50, p99, most}` in milliseconds.
std::vector<double> percentiles(std::vector<double> seconds);

} // namespace sluice::bench
