#pragma once

#include "persistence/store/audit_store.hpp"
#include "persistence/store/event_store.hpp"
#include "persistence/store/lane_store.hpp"
#include "persistence/store/lease_store.hpp"
#include "persistence/store/rule_table.hpp"
#include "persistence/store/run_store.hpp"

#include <cstdint>

namespace sluice {

/// A database of runs: rows in, rows out, in transactions. What may follow what is decided by the model and
/// carried out by persistence/operations, once for every kind of store. One thread at a time uses a store; it
/// need not always be the same. Every call may throw `error` with a code that says what is wrong with the
/// medium (`store_full`, `store_locked`, `store_corrupt`, …); the transaction is then to be rolled back.
class store {
public:
  virtual ~store() = default;

  virtual void begin() = 0;
  /// What was written is durable when this returns. Throws, and the transaction is over, when it is not.
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;
  /// After `commit`: whether there was anything to make durable. Then others are to look again.
  virtual bool last_commit_wrote() const noexcept = 0;

  virtual run_store& runs() = 0;
  virtual step_store& steps() = 0;
  virtual command_store& commands() = 0;
  virtual event_store& events() = 0;
  virtual lease_store& leases() = 0;
  virtual lane_store& lanes() = 0;
  virtual audit_store& audit() = 0;
  virtual rule_table& rules() = 0;

  /// Inside or outside a transaction: returns a number that changes when another store has committed to the
  /// same medium, and may change with commits of this one that wrote something. A transaction sees the number
  /// as of its beginning.
  virtual std::int64_t data_version() = 0;
};

/// A transaction that is rolled back unless it was committed.
class store_transaction {
public:
  explicit store_transaction(store& in) : store_(&in) { in.begin(); }
  store_transaction(const store_transaction&) = delete;
  store_transaction& operator=(const store_transaction&) = delete;
  ~store_transaction() {
    if (store_ != nullptr)
      store_->roll_back();
  }

  void commit() {
    auto* const in = store_;
    store_ = nullptr;
    in->commit();
  }

private:
  store* store_;
};

} // namespace sluice
