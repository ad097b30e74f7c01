#include "runtime/embed/worker_wait.hpp"

#include "actors/flow/worker_mark.hpp"
#include "model/base/error.hpp"

#include <fmt/format.h>

namespace sluice {

void refuse_to_hold_worker(std::string_view awaited, std::string_view instead) {
  if (worker_mark::here())
    throw error("would_block_worker",
                fmt::format("a handler must not wait for {}: it holds a worker; {}, or run its node with "
                            "execution_kind::blocking",
                            awaited, instead));
}

} // namespace sluice
