#pragma once

#include "model/message/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// What an expression of the native subset does; `left`, `right` and `parts` are places in
/// `native_syntax::nodes`.
enum class native_operation : std::uint8_t {
  identity,  ///< `.`
  literal,   ///< `literal`
  member,    ///< `left` then `.name`
  element,   ///< `left` then `[index]`
  pipe,      ///< `left | right`
  both,      ///< `left and right`
  either,    ///< `left or right`
  negation,  ///< `not`
  nothing,   ///< `empty`
  selection, ///< `select(left)`
  object,    ///< `{name: part, …}`
  equal,
  unequal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
};

struct native_node {
  native_operation operation = native_operation::identity;
  std::size_t left = 0;
  std::size_t right = 0;
  /// member: its name.
  std::string name = {};
  /// element: its place, from the end when negative.
  int index = 0;
  json literal = {};
  /// object: names and values, in order.
  std::vector<std::pair<std::string, std::size_t>> parts = {};
};

/// A program of the subset as a tree; the nodes before their parents.
struct native_syntax {
  std::vector<native_node> nodes;
  std::size_t root = 0;
};

/// Returns the tree of `program`, or nothing when it is not wholly of the subset: paths, literals,
/// comparisons, `and`, `or`, `not`, `select`, `empty`, pipes, parentheses and object construction. What jq
/// would refuse is never of the subset, so that the refusal comes in jq's words.
std::optional<native_syntax> parse_native(std::string_view program);

} // namespace sluice::detail
