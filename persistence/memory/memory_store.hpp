#pragma once

#include "persistence/memory/memory_rules.hpp"
#include "persistence/memory/memory_runs.hpp"
#include "persistence/memory/memory_tables.hpp"
#include "persistence/memory/undo_log.hpp"
#include "persistence/store/store.hpp"

namespace sluice {

/// A store that forgets everything when it goes: for tests and `--ephemeral`. Behaves as the SQLite one does,
/// rolled-back transactions included; the same tests run over both.
class memory_store final : public store {
public:
  void begin() override { undo_.clear(); }
  void commit() override {
    // Who only looks is no reason for others to look again.
    wrote_ = !undo_.empty();
    if (wrote_)
      ++commits_;
    undo_.clear();
  }
  void roll_back() noexcept override { undo_.roll_back(); }
  bool last_commit_wrote() const noexcept override { return wrote_; }

  run_store& runs() override { return runs_; }
  step_store& steps() override { return steps_; }
  command_store& commands() override { return commands_; }
  event_store& events() override { return events_; }
  lease_store& leases() override { return leases_; }
  lane_store& lanes() override { return lanes_; }
  audit_store& audit() override { return audit_; }
  rule_table& rules() override { return rules_; }

  std::int64_t data_version() override { return commits_; }

private:
  undo_log undo_;
  std::int64_t commits_ = 0;
  bool wrote_ = false;
  memory_runs runs_{undo_};
  memory_steps steps_{undo_};
  memory_commands commands_{undo_};
  memory_events events_{undo_};
  memory_leases leases_{undo_};
  memory_lanes lanes_{undo_};
  memory_audit audit_{undo_};
  memory_rules rules_{undo_};
};

} // namespace sluice
