#include "runtime/config/assignment.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"
#include "model/config/yaml_document.hpp"
#include "runtime/config/edge_loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

namespace {

[[noreturn]] void refuse(std::string_view assignment, const std::string& text) {
  throw error("bad_assignment", fmt::format("--set {}: {}", assignment, text));
}

/// Splits `nodes.read.command[2]` into `nodes`, `read`, `command`, `[2]`.
std::vector<std::string> split_path(std::string_view assignment, std::string_view path) {
  std::vector<std::string> parts;
  std::string part;
  const auto finish = [&] {
    if (part.empty())
      refuse(assignment, "the path has an empty part; write it as nodes.NODE.OPTION=VALUE");
    parts.push_back(std::exchange(part, {}));
  };
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool index = path[i] == '[';
    if (path[i] == '.' || index) {
      if (!(index && part.empty() && i > 0))
        finish();
    }
    if (path[i] != '.')
      part += path[i];
    if (path[i] == ']' && i + 1 < path.size() && path[i + 1] == '.') {
      finish();
      ++i;
    }
  }
  finish();
  return parts;
}

config_value read_value(std::string_view assignment, std::string_view text) {
  if (text.empty() || (text.front() != '[' && text.front() != '{'))
    return config_value::scalar(std::string(text));
  auto document = read_yaml(text);
  if (has_errors(document.found))
    refuse(assignment, "the value is not YAML: " + document.found.front().text);
  return std::move(document.root);
}

class setter {
public:
  setter(std::string_view assignment, std::vector<std::string> parts, config_value value)
      : assignment_(assignment), parts_(std::move(parts)), value_(std::move(value)) {}

  config_value apply(const config_value& at, std::size_t depth) const {
    if (depth == parts_.size())
      return value_;
    return parts_[depth].front() == '[' ? apply_item(at, depth) : apply_member(at, depth);
  }

private:
  config_value apply_item(const config_value& at, std::size_t depth) const {
    const auto& part = parts_[depth];
    const auto index = parse_integer(std::string_view(part).substr(1, part.size() - 2));
    if (part.back() != ']' || !index || *index < 0)
      refuse(assignment_, fmt::format("'{}' is not an index; write it as [0]", part));
    if (!at.is_list() || static_cast<std::size_t>(*index) >= at.items().size())
      refuse(assignment_,
             fmt::format("'{}' has no item {}; it has {}", prefix(depth), part, at.items().size()));
    auto items = at.items();
    auto& item = items[static_cast<std::size_t>(*index)];
    item = apply(item, depth + 1);
    return config_value::list(std::move(items), at.position());
  }

  config_value apply_member(const config_value& at, std::size_t depth) const {
    const auto& name = parts_[depth];
    if (is_short_edge(at, depth))
      return apply_member(long_edge(at, depth), depth);
    if (!at.is_map())
      refuse(assignment_, fmt::format("'{}' is {}, so it has no '{}'", prefix(depth), at.describe(), name));
    auto members = at.members();
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const auto& one) { return one.name == name; });
    if (found != members.end()) {
      found->value = apply(found->value, depth + 1);
    } else if (depth + 1 == parts_.size()) {
      members.push_back({name, {}, value_});
    } else {
      std::vector<std::string> names;
      for (const auto& member : members)
        names.push_back(member.name);
      refuse(assignment_, fmt::format("there is no '{}'{}", prefix(depth + 1), suggest(name, names)));
    }
    return config_value::map(std::move(members), at.position());
  }

  /// True when `at` is an item of an `edges` list written as `a -> b`.
  bool is_short_edge(const config_value& at, std::size_t depth) const {
    return at.is_scalar() && depth >= 2 && parts_[depth - 2] == "edges" && parts_[depth - 1].front() == '[' &&
           at.text().find("->") != std::string::npos;
  }

  /// Returns the map form of an edge, which has room for settings.
  config_value long_edge(const config_value& at, std::size_t depth) const {
    const auto ends = split_chain(at);
    if (ends.size() == 2)
      return edge_map(ends[0], ends[1]);
    std::string edges;
    for (std::size_t i = 0; i + 1 < ends.size(); ++i)
      edges += fmt::format("{}'{} -> {}'", i == 0 ? "" : ", ", ends[i].text(), ends[i + 1].text());
    refuse(assignment_,
           fmt::format("'{}' is the chain '{}', which has no settings of its own; in the file, write each "
                       "of its edges as an item ({}), and set that of the one that is meant",
                       prefix(depth), at.text(), edges));
  }

  /// Returns the first `count` parts of the path as text.
  std::string prefix(std::size_t count) const {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
      all += (all.empty() || parts_[i].front() == '[' ? "" : ".") + parts_[i];
    return all.empty() ? "the file" : all;
  }

  std::string_view assignment_;
  std::vector<std::string> parts_;
  config_value value_;
};

} // namespace

config_value assign(const config_value& root, std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos)
    refuse(assignment, "there is no '='; write it as nodes.NODE.OPTION=VALUE");
  auto parts = split_path(assignment, assignment.substr(0, equals));
  return setter(assignment, std::move(parts), read_value(assignment, assignment.substr(equals + 1)))
      .apply(root, 0);
}

} // namespace sluice
