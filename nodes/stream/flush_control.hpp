#pragma once

#include "model/message/message.hpp"

namespace sluice {

/// Returns true for the control message `flush`: nodes that gather messages emit what they hold and pass it
/// on. In C++ it is the text `flush`, over HTTP the JSON `{"command": "flush"}`.
bool is_flush(const message& control);

} // namespace sluice
