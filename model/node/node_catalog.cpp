#include "model/node/node_catalog.hpp"

#include "model/base/name.hpp"

#include <algorithm>

namespace sluice {

namespace {

bool is_source(const node_type& type) {
  return type.category == "source";
}

} // namespace

void node_catalog::add(node_type type) {
  if (!is_valid_name(type.name))
    throw error("bad_name",
                "the node type name '" + type.name + "' is not valid: use letters, digits, _ and -");
  for (const auto* other : find_all(type.name))
    if (is_source(*other) == is_source(type))
      throw error("duplicate_type", "the node type '" + type.name + "' is already registered");
  if (!type.alias.empty()) {
    if (!find_all(type.alias).empty())
      throw error("duplicate_type", "the node type '" + type.alias + "' is already registered");
    aliases_.emplace(type.alias, type.name);
  }
  auto name = type.name;
  types_.emplace(std::move(name), std::move(type));
}

std::vector<const node_type*> node_catalog::find_all(std::string_view name) const {
  if (const auto alias = aliases_.find(name); alias != aliases_.end())
    name = alias->second;
  std::vector<const node_type*> found;
  const auto [first, last] = types_.equal_range(name);
  for (auto it = first; it != last; ++it)
    found.push_back(&it->second);
  std::stable_sort(found.begin(), found.end(),
                   [](auto* a, auto* b) { return is_source(*a) && !is_source(*b); });
  return found;
}

const node_type* node_catalog::find(std::string_view name, bool fed) const noexcept {
  const auto found = find_all(name);
  if (found.empty())
    return nullptr;
  return found.size() == 1 || !fed ? found.front() : found.back();
}

std::vector<std::string> node_catalog::names() const {
  std::vector<std::string> all;
  for (const auto& [name, type] : types_)
    all.push_back(name);
  for (const auto& [alias, name] : aliases_)
    all.push_back(alias);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<const node_type*> node_catalog::types() const {
  std::vector<const node_type*> all;
  for (auto it = types_.begin(); it != types_.end(); it = types_.upper_bound(it->first))
    for (const auto* type : find_all(it->first))
      all.push_back(type);
  return all;
}

key_function node_catalog::compile_key(const std::string& source) const {
  if (!key_compiler_)
    throw option_error(
        "key", "this program was built without a language for keys; give the edge a C++ key function");
  return key_compiler_(source);
}

} // namespace sluice
