#include "persistence/sqlite/process_settings.hpp"

#include <sqlite3.h>

namespace sluice {

bool set_up_sqlite_for_process() noexcept {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK;
}

} // namespace sluice
