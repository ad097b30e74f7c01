#include "actors/rules/store_transactions.hpp"

#include <utility>

namespace sluice {

namespace {

/// The waiting thread keeps the task alive.
store_access::work<bool> as_work(const rule_transactions::task& what) {
  return [&what](store& in, utc_time now) {
    what(in, now);
    return true;
  };
}

} // namespace

rule_transactions transactions_of(store_access access) {
  rule_transactions made;
  made.read = [access](const rule_transactions::task& what) { (void)access.read<bool>(as_work(what)).get(); };
  made.write = [access = std::move(access)](const rule_transactions::task& what) {
    (void)access.write<bool>(as_work(what)).get();
  };
  return made;
}

} // namespace sluice
