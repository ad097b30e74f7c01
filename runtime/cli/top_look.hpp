#pragma once

#include "runtime/cli/http_client.hpp"
#include "runtime/cli/top_state.hpp"

namespace sluice {

/// Asks a server for everything that `sluice top` shows. Throws as `http_client::ask` and the readers.
top_look take_look(http_client& client);

} // namespace sluice
