#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Gathers messages into JSON arrays by count, size or age.
node_type batch_type();

} // namespace sluice
