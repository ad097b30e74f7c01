#include "model/graph/flatten.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::detail {

namespace {

class flattener {
public:
  explicit flattener(validation_report& report) : report_(report) {}

  flat_graph run(const graph& source) {
    open_scope(source, npos, nullptr, {}, {});
    return std::move(result_);
  }

private:
  /// Recursion is bounded by `defaults::graph_depth`.
  std::size_t open_scope(const graph& source, std::size_t parent, const node_declaration* owner,
                         std::string prefix, std::string owner_path) {
    const auto scope = result_.scopes.size();
    auto& opened = result_.scopes.emplace_back();
    opened.source = &source;
    opened.parent = parent;
    opened.owner = owner;
    opened.prefix = std::move(prefix);
    opened.path = owner ? owner_path + ".graph." : std::string{};
    opened.owner_path = std::move(owner_path);
    opened.first_node = result_.nodes.size();
    if (source.nodes.empty())
      report_.error(finding_code::bad_value, opened.path + "nodes", "a graph needs at least one node",
                    opened.position());
    ancestors_.push_back(&source);
    for (const auto& declared : source.nodes)
      add(scope, declared);
    ancestors_.pop_back();
    result_.scopes[scope].end_node = result_.nodes.size();
    return scope;
  }

  void add(std::size_t scope, const node_declaration& declared) {
    const auto path = result_.scopes[scope].path + "nodes." + shown(declared.id);
    const bool is_named = check_name(declared.id, "node", path, declared.position, report_);
    const auto [known, is_new] = result_.scopes[scope].members.try_emplace(declared.id);
    if (!is_new)
      report_duplicate(declared, known->second.position, path);
    check_nature(declared, path);
    // Edges mean the first of that name, and none can mean a name that is not one: both were reported
    // already.
    const bool in_doubt = !is_new || !is_named;
    const auto made =
        declared.inner ? add_subgraph(scope, declared, path) : add_node(scope, declared, path, in_doubt);
    if (!is_new)
      return;
    auto& member = result_.scopes[scope].members[declared.id];
    member = made;
    member.position = declared.position;
  }

  scope_member add_node(std::size_t scope, const node_declaration& declared, const std::string& path,
                        bool in_doubt) {
    if (!has_room(path, declared.position))
      return {};
    auto& added = result_.nodes.emplace_back();
    added.declared = &declared;
    added.scope = scope;
    added.id = result_.scopes[scope].prefix + declared.id;
    added.path = path;
    added.inputs_in_doubt = added.outputs_in_doubt = in_doubt;
    return {scope_member::kind::node, result_.nodes.size() - 1};
  }

  scope_member add_subgraph(std::size_t scope, const node_declaration& declared, const std::string& path) {
    const auto refuse = [&](std::string text) {
      report_.error(finding_code::bad_value, path + ".graph", std::move(text), declared.position);
      return scope_member{};
    };
    if (std::find(ancestors_.begin(), ancestors_.end(), declared.inner.get()) != ancestors_.end())
      return refuse(fmt::format("the graph of '{}' contains itself; a graph cannot be a node of itself",
                                shown(declared.id)));
    if (ancestors_.size() > defaults::graph_depth)
      return refuse(
          fmt::format("subgraphs are nested more than {} deep; move some of them up", defaults::graph_depth));
    if (!has_room(path, declared.position))
      return {};
    auto prefix = result_.scopes[scope].prefix + declared.id + "/";
    return {scope_member::kind::subgraph,
            open_scope(*declared.inner, scope, &declared, std::move(prefix), path)};
  }

  /// Counts one more node or subgraph; the first that is too many is reported.
  bool has_room(const std::string& path, source_position at) {
    if (taken_ == defaults::graph_nodes)
      report_.error(finding_code::bad_value, path,
                    fmt::format("a graph with its subgraphs has at most {} nodes", defaults::graph_nodes),
                    at);
    return ++taken_ <= defaults::graph_nodes;
  }

  void report_duplicate(const node_declaration& declared, source_position first, const std::string& path) {
    const auto where = first.known() ? fmt::format(", first in line {}", first.line) : std::string{};
    report_.error(finding_code::duplicate_node, path,
                  fmt::format("the node '{}' is declared twice{}; rename one", shown(declared.id), where),
                  declared.position);
  }

  void check_nature(const node_declaration& declared, const std::string& path) {
    const int natures = int(!declared.type.empty()) + int(bool(declared.make)) + int(bool(declared.inner));
    if (natures == 0)
      report_.error(
          finding_code::bad_value, path + ".type",
          fmt::format("the node '{}' has no type; add one, such as `type: null`", shown(declared.id)),
          declared.position);
    else if (natures > 1)
      report_.error(finding_code::bad_value, path,
                    fmt::format("the node '{}' is more than one of a type, a maker and a graph; keep one",
                                shown(declared.id)),
                    declared.position);
  }

  validation_report& report_;
  flat_graph result_;
  std::vector<const graph*> ancestors_;
  std::size_t taken_ = 0;
};

} // namespace

flat_graph flatten(const graph& source, validation_report& report) {
  return flattener(report).run(source);
}

} // namespace sluice::detail
