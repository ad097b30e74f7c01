#include "persistence/operations/force_release.hpp"

#include "model/base/error.hpp"
#include "model/run/lease_rules.hpp"
#include "persistence/operations/command_run.hpp"
#include "persistence/operations/require_run.hpp"
#include "persistence/operations/run_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {

std::uint64_t force_release(store& in, const uuid& run, const std::string& by, utc_time now) {
  auto row = require_run(in, run);
  const auto lease = in.leases().find(run);
  if (!lease.owner)
    throw error("not_held", fmt::format("nobody holds the lease of run {}", to_string(run)));
  const nlohmann::ordered_json detail{{"owner", to_string(*lease.owner)}, {"token", lease.token}};
  const auto revoked = revoke_lease(lease);
  run_writer writer(in, std::move(row), now);
  writer.put_lease(revoked);
  const auto freed = writer.write();
  if (waits_for_person(freed.status))
    act_on_undelivered(in, run, now);
  in.audit().append({0, now, by, "lease.release", to_string(run), detail.dump()});
  return revoked.token;
}

} // namespace sluice
