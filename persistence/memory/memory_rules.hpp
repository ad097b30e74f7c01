#pragma once

#include "persistence/memory/undo_log.hpp"
#include "persistence/store/rule_table.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace sluice {

/// `rule_table` in memory.
class memory_rules final : public rule_table {
public:
  explicit memory_rules(undo_log& undo) : undo_(&undo) {}

  std::optional<rule_row> find(const std::string& id) override;
  std::vector<rule_row> list(const std::string& after, std::size_t limit) override;
  void put(const rule_row& row) override;
  bool erase(const std::string& id) override;

  std::optional<rule_state> state(const std::string& rule) override;
  std::vector<rule_state_row> states(const std::string& after, std::size_t limit) override;
  std::vector<rule_state_row> expired(utc_time now, std::size_t limit) override;
  void put_state(const std::string& rule, const rule_state& state) override;
  bool erase_state(const std::string& rule) override;

  std::int64_t append_change(const rule_change_row& change) override;
  std::vector<rule_change_row> changes(std::int64_t since, std::size_t limit) override;
  rule_change_range change_range() override;
  void forget_changes(std::int64_t last) override;

private:
  undo_log* undo_;
  std::map<std::string, rule_row> rules_;
  std::map<std::string, rule_state> states_;
  std::map<std::int64_t, rule_change_row> changes_;
  std::int64_t last_change_ = 0;
};

} // namespace sluice
