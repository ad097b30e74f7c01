#pragma once

#include "model/base/error.hpp"

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::fuzz {

/// What was said to hold does not.
class broken : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* claim) {
  if (!holds)
    throw broken(claim);
}

/// Calls `read`, which may refuse with an `error` of one of `codes`, and with nothing else. Returns whether
/// it did not.
template <class Read>
bool accepts(std::initializer_list<std::string_view> codes, Read&& read) {
  try {
    read();
    return true;
  } catch (const error& refused) {
    for (const auto code : codes)
      if (refused.code() == code)
        return false;
    throw broken("refused with the code " + std::string(refused.code()) + ": " + refused.what());
  }
}

} // namespace sluice::fuzz
