#pragma once

#include "bench/support/report.hpp"

namespace sluice::bench {

/// Adds what selection, lists and a restart cost with few and with many runs in the file.
void measure_sizes(report& found, const arguments& given);

} // namespace sluice::bench
