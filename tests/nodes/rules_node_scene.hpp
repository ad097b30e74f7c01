#pragma once

#include "nodes/rules/rules_node.hpp"
#include "tests/support/node_harness.hpp"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// A node `rules` and the rules that it uses, for tests.
namespace sluice::rules_node_scene {

using testing::json_message;
using testing::node_harness;

inline constexpr std::size_t matched = 0;
inline constexpr std::size_t unmatched = 1;

using scalars = std::vector<std::pair<std::string, std::string>>;

/// One place for all rules, which says how it was asked for.
class one_place final : public rule_places {
public:
  std::shared_ptr<rules_in_force> directory(const std::string& path) override {
    asked = "directory " + path;
    return place;
  }
  std::shared_ptr<rules_in_force> database(const std::string& path) override {
    asked = "database " + path;
    return place;
  }

  void add(rule what) {
    auto& kept = view[what.id];
    kept.definition = std::make_shared<const rule>(std::move(what));
    publish();
  }
  void say(const std::string& id, rule_mode mode, double ceiling = 1) {
    view[id].state = {mode, ceiling, "noisy", "ada", {}, {}};
    publish();
  }
  void publish() { place->publish(compiled_rules::compile(view, {}, place->get().get())); }

  std::shared_ptr<rules_in_force> place = std::make_shared<rules_in_force>();
  rule_view view;
  std::string asked;
};

inline rule make_rule(const std::string& id, const std::string& pattern,
                      const std::string& field = "command") {
  return {id, 1, "n", "", {}, field, pattern, {{"T-" + id, "execution", 0.5, {}}}};
}

struct scene {
  explicit scene(const scalars& more = {}) : node(rules_type(places), with_path(more)) {}

  static scalars with_path(scalars given) {
    given.emplace_back("path", "rules");
    return given;
  }

  /// Feeds a record; returns what left by `matched`, or null.
  nlohmann::ordered_json feed(const std::string& record);
  /// Returns `rule_id` of each tag that the record gets.
  std::vector<std::string> rules_for(const std::string& record);

  std::shared_ptr<one_place> places = std::make_shared<one_place>();
  node_harness node;
};

} // namespace sluice::rules_node_scene
