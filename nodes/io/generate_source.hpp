#pragma once

#include "model/node/node_type.hpp"

namespace sluice {

/// The type `generate`: JSON messages made here, as fast as they are taken or at a rate.
node_type generate_source_type();

} // namespace sluice
