#include "model/run/step_catalog.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"

#include <fmt/format.h>

namespace sluice {

void step_catalog::add(step_kind kind) {
  if (!is_valid_name(kind.name))
    throw error("bad_name",
                fmt::format("'{}' cannot name a step kind: use letters, digits, _ and -, and begin "
                            "with a letter or _",
                            kind.name));
  auto name = kind.name;
  if (!kinds_.emplace(name, std::move(kind)).second)
    throw error("duplicate_kind",
                fmt::format("there is a step kind '{}' already; choose another name", name));
}

const step_kind* step_catalog::find(std::string_view name) const noexcept {
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? nullptr : &found->second;
}

std::vector<std::string> step_catalog::names() const {
  std::vector<std::string> all;
  for (const auto& [name, kind] : kinds_)
    all.push_back(name);
  return all;
}

} // namespace sluice
