#include "runtime/cli/output_end.hpp"

#include "runtime/cli/exit_status.hpp"

#include <ostream>

namespace sluice {

int end_output(cli_streams& streams, int status) {
  streams.out.flush();
  const bool lost = streams.out.fail() && !(streams.reader_has_gone && streams.reader_has_gone());
  if (lost)
    streams.err
        << "sluice: cannot write to standard output, so what was printed there is missing or cut off; is "
           "the disk full?\n";
  streams.err.flush();
  const bool would_hide_it = status == exit_status::success || status == exit_status::deadline;
  return lost && would_hide_it ? exit_status::failed : status;
}

} // namespace sluice
