#pragma once

#include "model/config/config_value.hpp"
#include "model/config/finding.hpp"
#include "model/graph/graph.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Returns `node.port` or `node` as an endpoint; nothing when a part is empty or there are several dots.
std::optional<endpoint> parse_endpoint(std::string_view text);

/// Returns what stands between the arrows of `a -> b -> c`, each part trimmed and with its own place; the
/// whole text when there is no arrow.
std::vector<config_value> split_chain(const config_value& text);

/// Returns the map form of the edge `a -> b`, for what split_chain made of it.
config_value edge_map(const config_value& from, const config_value& to);

/// The edges of a list, and whether some could not be understood and are missing.
struct loaded_edges {
  std::vector<edge_declaration> edges;
  /// For each edge the index of the list's item it stands in; a chain has several.
  std::vector<std::size_t> items;
  bool incomplete = false;
};

/// Reads the `edges` list of a graph: `a -> b`, `a.port -> b.port`, chains `a -> b -> c`, and maps with
/// `from`, `to`, `capacity`, `policy`, `coalesce`, `key`, `prefetch`, `priority` and `feedback`. `path` is
/// the list's own place.
loaded_edges load_edges(const config_value& list, const std::string& path, findings& out);

} // namespace sluice
