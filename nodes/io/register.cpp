#include "nodes/io/exec_sink.hpp"
#include "nodes/io/exec_source.hpp"
#include "nodes/io/file_sink.hpp"
#include "nodes/io/file_source.hpp"
#include "nodes/io/generate_source.hpp"
#include "nodes/io/interval_source.hpp"
#include "nodes/io/null_sink.hpp"
#include "nodes/io/stdin_source.hpp"
#include "nodes/io/stdout_sink.hpp"
#include "nodes/registration.hpp"

namespace sluice::detail {

void register_io_nodes(node_catalog& catalog) {
  for (auto make : {stdin_source_type, file_source_type, generate_source_type, interval_source_type,
                    exec_source_type, stdout_sink_type, file_sink_type, null_sink_type, exec_sink_type})
    catalog.add(make());
}

} // namespace sluice::detail
