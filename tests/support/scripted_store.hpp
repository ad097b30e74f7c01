#pragma once

#include "persistence/memory/memory_store.hpp"

#include <cstddef>
#include <functional>

namespace sluice {

/// A store in memory that fails when a test wants it to, and counts transactions.
class scripted_store final : public store {
public:
  /// Called before the transaction begins, or is committed; what they throw is the failure.
  std::function<void()> on_begin = [] {};
  std::function<void()> on_commit = [] {};
  /// Called when the store goes.
  std::function<void()> on_close = [] {};
  std::size_t begun = 0;
  std::size_t committed = 0;
  std::size_t rolled_back = 0;

  ~scripted_store() override { on_close(); }

  void begin() override {
    on_begin();
    ++begun;
    in_.begin();
  }
  void commit() override {
    try {
      on_commit();
    } catch (...) {
      in_.roll_back();
      throw;
    }
    ++committed;
    in_.commit();
  }
  void roll_back() noexcept override {
    ++rolled_back;
    in_.roll_back();
  }
  bool last_commit_wrote() const noexcept override { return in_.last_commit_wrote(); }

  run_store& runs() override { return in_.runs(); }
  step_store& steps() override { return in_.steps(); }
  command_store& commands() override { return in_.commands(); }
  event_store& events() override { return in_.events(); }
  lease_store& leases() override { return in_.leases(); }
  lane_store& lanes() override { return in_.lanes(); }
  audit_store& audit() override { return in_.audit(); }
  rule_table& rules() override { return in_.rules(); }
  std::int64_t data_version() override { return in_.data_version(); }

private:
  memory_store in_;
};

} // namespace sluice
