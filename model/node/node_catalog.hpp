#pragma once

#include "model/edge/policy.hpp"
#include "model/node/node_type.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The node types that graphs may name. Filled before use, then only read, from any thread.
/// One name may stand for a source and a sink (`file`, `exec`): a node with an incoming edge is the sink.
class node_catalog {
public:
  /// Adds a type. Throws `error("duplicate_type")` when the name or alias is taken (a source and a non-source
  /// may share a name), `error("bad_name")` for a bad name.
  void add(node_type type);

  /// Returns the type called `name` (or with that alias), or nullptr. `fed` chooses where a source and a sink
  /// share it.
  const node_type* find(std::string_view name, bool fed) const noexcept;
  /// Returns the types of that name: none, one, or a source and a sink.
  std::vector<const node_type*> find_all(std::string_view name) const;
  /// Returns all names and aliases, sorted, each once.
  std::vector<std::string> names() const;
  /// Returns all types, by name, sources first.
  std::vector<const node_type*> types() const;

  /// How `key:` of a `latest` edge becomes a function; throws `option_error` for a bad program. The built-ins
  /// install jq.
  using key_compiler = std::function<key_function(const std::string& source)>;
  /// Installs one; before use.
  void set_key_compiler(key_compiler compiler) { key_compiler_ = std::move(compiler); }
  /// Throws `option_error` for a bad program, or when no compiler is installed.
  key_function compile_key(const std::string& source) const;

private:
  key_compiler key_compiler_;
  std::multimap<std::string, node_type, std::less<>> types_;
  std::map<std::string, std::string, std::less<>> aliases_;
};

} // namespace sluice
