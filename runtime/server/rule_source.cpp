#include "runtime/server/rule_source.hpp"

namespace sluice {

std::string rule_source(const std::filesystem::path& directory) {
  // Not where a link leads to: it may lead elsewhere tomorrow, and the rules are the same place's.
  const auto whole = std::filesystem::absolute(directory).lexically_normal();
  // A slash at the end says nothing.
  return (whole.has_filename() ? whole : whole.parent_path()).native();
}

} // namespace sluice
