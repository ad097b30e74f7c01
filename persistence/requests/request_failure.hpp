#pragma once

#include "persistence/requests/store_meters.hpp"

#include <exception>
#include <utility>

/// Failures of requests, which are handed from the store's thread to that of whoever asked. The store's
/// thread lets go of a failure before it hands it on, and none is shared by two requests: so each exception
/// is looked at and freed by one thread at a time.
namespace sluice {

/// Returns what `act` throws, or null.
template <class Act>
std::exception_ptr failure_of(Act&& act) noexcept {
  try {
    std::forward<Act>(act)();
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

/// Returns another exception that says the same; if it is none of ours, the same one.
std::exception_ptr copy_of(const std::exception_ptr& failure) noexcept;

/// Counts why a request failed, by the class of its code.
void count_failure(store_meters& in, const std::exception_ptr& failure) noexcept;

} // namespace sluice
