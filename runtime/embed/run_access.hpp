#pragma once

#include "runtime/embed/run_runtime.hpp"
#include "runtime/embed/shared_store.hpp"

#include <memory>

namespace sluice::detail {

/// Gets behind a `run_runtime`, for what of Sluice stands beside it in the same process.
struct run_access {
  static std::weak_ptr<const run_readings> readings(const run_runtime& of) noexcept { return of.readings(); }
  static shared_store share_store(const run_runtime& of) { return of.share_store(); }
};

} // namespace sluice::detail
