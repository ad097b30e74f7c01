#include "runtime/cli/rules_database.hpp"

#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/cli/database_file.hpp"

#include <utility>

namespace sluice {

namespace {

void carry_out(store& in, const rule_transactions::task& task, utc_time now) {
  store_transaction transaction(in);
  task(in, now);
  transaction.commit();
}

} // namespace

rules_database::rules_database(const std::filesystem::path& file, std::function<utc_time()> clock)
    : file_(file), clock_(std::move(clock)) {
  require_database(file_);
}

rules_database::~rules_database() = default;

void rules_database::read(const rule_transactions::task& task) {
  if (!reader_)
    reader_ = std::make_unique<sqlite_store>(sqlite_options{file_, sqlite_access::read}, clock_());
  carry_out(*reader_, task, clock_());
}

void rules_database::write(const rule_transactions::task& task) {
  if (!writer_)
    writer_ = std::make_unique<sqlite_store>(sqlite_options{file_}, clock_());
  carry_out(*writer_, task, clock_());
}

rule_transactions transactions_of(std::shared_ptr<rules_database> database) {
  return {[database](const rule_transactions::task& task) { database->read(task); },
          [database](const rule_transactions::task& task) { database->write(task); }};
}

} // namespace sluice
