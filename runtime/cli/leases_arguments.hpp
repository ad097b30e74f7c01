#pragma once

#include "model/base/uuid.hpp"
#include "runtime/cli/http_server_arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

namespace sluice {

struct leases_list_arguments {
  std::size_t limit = 100;
};

struct leases_release_arguments {
  uuid run;
};

/// `sluice leases …`.
struct leases_arguments {
  server_arguments server;
  /// Nothing: as `shows_json` decides.
  std::optional<bool> json;
  std::variant<leases_list_arguments, leases_release_arguments> action;
};

/// `sluice audit list`.
struct audit_arguments {
  server_arguments server;
  std::optional<bool> json;
  /// Only rows with an id above this one.
  std::uint64_t since = 0;
  std::size_t limit = 1'000;
};

} // namespace sluice
