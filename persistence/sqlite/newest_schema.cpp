#include "persistence/sqlite/newest_schema.hpp"

#include "persistence/sqlite/migrations.hpp"

namespace sluice {

int newest_schema() noexcept {
  return all_migrations().back().version;
}

} // namespace sluice
