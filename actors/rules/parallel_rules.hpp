#pragma once

#include "model/rules/rule_batch.hpp"

namespace sluice {

/// Returns a reader that shares a batch between the thread that calls it, which waits for the others, and up
/// to `threads` - 1 more that live as long as the batch takes. Few texts are read in turn, and so is
/// everything when the system gives no thread. What a thread throws is thrown when all have ended. Any
/// thread.
rule_batch_reader read_rules_in_parallel(unsigned threads);

/// How many threads are worth it here: as many as there are processors, four at most.
unsigned rule_reading_threads() noexcept;

} // namespace sluice
