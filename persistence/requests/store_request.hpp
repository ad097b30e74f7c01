#pragma once

#include "model/base/utc_time.hpp"
#include "persistence/store/store.hpp"

#include <cstdint>
#include <exception>

namespace sluice {

/// A request to a store: one transaction, or a part of one that is committed as a whole.
class store_request {
public:
  virtual ~store_request() = default;
  /// Inside a transaction. Called again when the transaction had to be rolled back: it starts afresh each
  /// time. Throws to refuse.
  virtual void run(store& in, utc_time now) = 0;
  /// After the commit, or after `run`, the commit or opening the store has failed; once. Must not throw.
  virtual void finish(std::exception_ptr failure) noexcept = 0;
};

/// `urgent`: renewals and commands, which go before what waits.
enum class store_priority : std::uint8_t { normal, urgent };

} // namespace sluice
