#pragma once

#include "model/message/message.hpp"

#include <utility>

namespace sluice::detail {

/// Returns a data message around `value` with the trace id, time and key of `from`, also when `from` is an
/// error message.
template <class T>
message derived(const message& from, T&& value) {
  message result(std::forward<T>(value));
  result.set_trace(from.trace());
  result.set_timestamp(from.timestamp());
  result.set_key(from.key());
  return result;
}

} // namespace sluice::detail
