#include "model/config/finding.hpp"

#include <fmt/format.h>

namespace sluice {

std::string to_string(const finding& one, const std::string& file) {
  std::string place = file;
  if (one.position.known())
    place += fmt::format("{}{}:{}", place.empty() ? "" : ":", one.position.line, one.position.column);
  if (!place.empty())
    place += ": ";
  const char* level = one.is_error() ? "error" : "warning";
  const std::string path = one.path.empty() ? "" : one.path + ": ";
  return fmt::format("{}{}: {}{} [{}]", place, level, path, one.text, one.code);
}

} // namespace sluice
