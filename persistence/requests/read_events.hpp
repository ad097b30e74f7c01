#pragma once

#include "model/run/event_page.hpp"
#include "persistence/store/store.hpp"

namespace sluice {

/// Inside a transaction: returns the page of history that the query asks for.
event_page read_events(store& in, const event_query& query);

} // namespace sluice
