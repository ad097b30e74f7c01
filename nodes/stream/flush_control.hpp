#pragma once

#include "model/message/message.hpp"

namespace sluice {

/// Returns true for the control message `flush`: nodes that gather messages emit what they hold and pass it
/// on.
inline bool is_flush(const message& control) {
  const auto* word = control.get_if<text>();
  return word != nullptr && word->view() == "flush";
}

} // namespace sluice
