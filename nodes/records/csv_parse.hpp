#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// Returns the type `csv_parse`: text lines of separated fields to JSON objects or arrays.
node_type csv_parse_type();

} // namespace sluice
