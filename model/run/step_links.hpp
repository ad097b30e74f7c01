#pragma once

#include "model/run/step_graph.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

/// The dependencies of a graph as indices into its steps. Keeps no reference to the graph; ids are copied.
/// Dependencies on steps that are not there are left out.
class step_links {
public:
  explicit step_links(const step_graph& graph);

  std::size_t size() const noexcept { return deps_.size(); }
  /// Returns the index of the step called `id`, or nothing.
  std::optional<std::size_t> find(std::string_view id) const;
  /// The steps that must have succeeded before step `step`.
  const std::vector<std::size_t>& deps(std::size_t step) const { return deps_[step]; }

  /// Returns, per step, whether it comes before `step` by dependencies, directly or not.
  std::vector<bool> before(std::size_t step) const;

  /// Returns each cycle once, as steps of which each depends on the next and the last on the first; the
  /// smallest index leads. Cycles that share a step with one already found are not looked for.
  std::vector<std::vector<std::size_t>> cycles() const;

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unordered_map<std::string, std::size_t, text_hash, std::equal_to<>> indices_;
  std::vector<std::vector<std::size_t>> deps_;
};

} // namespace sluice
