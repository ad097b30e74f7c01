#pragma once

/// One function per part of the hot path; each registers its benchmarks, called `<part>/<what>/<case>`.
namespace sluice::bench {

void register_edge_queue();
void register_lossy_channel();
void register_edge_core();
void register_edge_meter();
void register_input_selector();
void register_payload();
void register_message();

} // namespace sluice::bench
