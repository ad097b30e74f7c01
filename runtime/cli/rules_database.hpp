#pragma once

#include "persistence/rules/rule_store.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace sluice {

/// Transactions on a database file, one at a time, on the thread that asks for them. The file is opened by
/// the first that reads, and again by the first that writes. One thread.
class rules_database {
public:
  /// Throws `error("not_found")` when there is no such file.
  rules_database(const std::filesystem::path& file, std::function<utc_time()> clock);
  ~rules_database();

  void read(const rule_transactions::task& task);
  void write(const rule_transactions::task& task);

private:
  std::filesystem::path file_;
  std::function<utc_time()> clock_;
  std::unique_ptr<store> reader_;
  std::unique_ptr<store> writer_;
};

/// Returns what a `rule_store` needs of `database`, which it keeps.
rule_transactions transactions_of(std::shared_ptr<rules_database> database);

} // namespace sluice
