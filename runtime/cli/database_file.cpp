#include "runtime/cli/database_file.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <system_error>

namespace sluice {

std::filesystem::path find_database(const std::string& option, const cli_streams& streams) {
  if (!option.empty())
    return option;
  if (auto named = streams.environment ? streams.environment("SLUICE_DB") : std::nullopt;
      named && !named->empty())
    return *named;
  throw error(
      "no_database",
      "no database and no server is named; give --db FILE or --url URL, or set SLUICE_DB or SLUICE_URL");
}

void require_database(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    throw error(
        "not_found",
        fmt::format("there is no database '{}'; `sluice db migrate` and `sluice runs submit` make one",
                    path.native()));
}

} // namespace sluice
