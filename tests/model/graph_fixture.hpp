#pragma once

#include "model/graph/flow_plan.hpp"
#include "model/graph/graph_builder.hpp"
#include "model/message/json.hpp"
#include "model/message/text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::testing {

struct idle_node : node {
  void on_message(node_context&, std::size_t, message&) override {}
};

inline node_type fake_type(std::string name, std::string category, node_ports ports,
                           std::vector<option_spec> specs = {}) {
  node_type type;
  type.name = std::move(name);
  type.category = std::move(category);
  type.ports = std::move(ports);
  type.options = std::move(specs);
  type.make = [](const options&) { return std::make_unique<idle_node>(); };
  return type;
}

/// `list: {ports: [a, b]}` has those outputs and `else`.
inline node_type splitter_type() {
  option_spec ports{"ports", option_kind::string_list, true, {}, "output ports"};
  auto type = fake_type("split", "transform", sink_of<text>(), {ports});
  type.ports_for = [](const options& given) {
    auto result = sink_of<text>();
    for (const auto& name : given.get_string_list("ports"))
      result.outputs.push_back({name, port_type::of<text>(), {}});
    result.outputs.push_back({"else", port_type::of<text>(), {}});
    return result;
  };
  return type;
}

/// `pattern: bad` is refused by the maker.
inline node_type pattern_type() {
  auto type = fake_type("pattern", "transform", one_to_one<text, text>(),
                        {{"pattern", option_kind::string, true, {}, "x"}});
  type.make = [](const options& given) -> std::unique_ptr<node> {
    if (given.get_string("pattern") == "bad")
      throw option_error("pattern", "the pattern 'bad' is bad");
    return std::make_unique<idle_node>();
  };
  return type;
}

/// A catalog of small fake types: `source` and `json_source`, `pass`, `parse` (text to json), `two_inputs`,
/// `split`, `pattern`, `tuned` (an integer `size` from 1 to 10), the sinks `sink`, `json_sink` and `any_sink`
/// (alias `discard`), and `file`, a source and a sink.
inline node_catalog fake_catalog() {
  node_catalog catalog;
  catalog.add(fake_type("source", "source", source_of<text>()));
  catalog.add(fake_type("json_source", "source", source_of<json>()));
  catalog.add(fake_type("pass", "transform", one_to_one<text, text>()));
  catalog.add(fake_type("json_parse", "transform", one_to_one<text, json>()));
  catalog.add(fake_type("two_inputs", "transform",
                        {{{"left", port_type::of<text>(), {}}, {"right", port_type::of<text>(), {}}},
                         {{"out", port_type::of<text>(), {}}}}));
  catalog.add(splitter_type());
  catalog.add(pattern_type());
  option_spec size{"size", option_kind::integer, false, "5", "how many"};
  size.minimum = 1;
  size.maximum = 10;
  catalog.add(fake_type("tuned", "transform", one_to_one<text, text>(), {size}));
  catalog.add(fake_type("sink", "sink", sink_of<text>()));
  catalog.add(fake_type("json_sink", "sink", sink_of<json>()));
  auto any = fake_type("any_sink", "sink", {{{"in", port_type::any(), {}}}, {}});
  any.alias = "discard";
  catalog.add(any);
  catalog.add(fake_type("file", "source", source_of<text>(),
                        {{"follow", option_kind::boolean, false, "false", "x"}}));
  catalog.add(
      fake_type("file", "sink", sink_of<text>(), {{"append", option_kind::boolean, false, "false", "x"}}));
  catalog.set_key_compiler([](const std::string& source) -> key_function {
    if (source == "bad")
      throw option_error("key", "the key 'bad' is bad");
    return [source](const message&) { return source; };
  });
  return catalog;
}

inline validation check(const graph_builder& builder) {
  return validate(builder.build(), fake_catalog());
}

/// Returns `CODE path` of every finding, sorted.
inline std::vector<std::string> codes(const validation& result) {
  std::vector<std::string> all;
  for (const auto& one : result.found)
    all.push_back(one.code + " " + one.path);
  std::sort(all.begin(), all.end());
  return all;
}

/// Returns the text of the only finding, or all of them when there is not exactly one.
inline std::string only_text(const validation& result) {
  std::string all;
  for (const auto& one : result.found)
    all += result.found.size() == 1 ? one.text : to_string(one) + "\n";
  return all;
}

inline std::vector<std::string> node_ids(const flow_plan& plan) {
  std::vector<std::string> all;
  for (const auto& one : plan.nodes())
    all.push_back(one.id);
  return all;
}

inline std::vector<std::string> edge_ids(const flow_plan& plan) {
  std::vector<std::string> all;
  for (const auto& one : plan.edges())
    all.push_back(one.id);
  return all;
}

inline std::vector<std::string> ordered_ids(const flow_plan& plan) {
  std::vector<std::string> all;
  for (const auto index : plan.order())
    all.push_back(plan.nodes()[index].id);
  return all;
}

/// A list of the scalars `items`.
inline config_value list_of(const std::vector<std::string>& items) {
  std::vector<config_value> values;
  for (const auto& item : items)
    values.push_back(config_value::scalar(item));
  return config_value::list(std::move(values));
}

/// A node of type `split` with output ports `ports` and `else`.
inline config_value split_into(const std::vector<std::string>& ports) {
  return config_value::map({{"ports", {}, list_of(ports)}});
}

/// The graph source -> pass -> sink called a, b and c.
inline graph_builder three_nodes() {
  graph_builder builder;
  builder.add_type("a", "source").add_type("b", "pass").add_type("c", "sink");
  builder.connect("a", "b").connect("b", "c");
  return builder;
}

inline void check_equal(const std::vector<std::string>& found, const std::vector<std::string>& wanted) {
  BOOST_TEST(found == wanted, boost::test_tools::per_element());
}

/// Checks that exactly these findings (`CODE path`, sorted) are there, and a plan only without errors among
/// them.
inline void check_findings(const validation& result, const std::vector<std::string>& wanted) {
  check_equal(codes(result), wanted);
  BOOST_TEST((result.plan == nullptr) == has_errors(result.found));
}

} // namespace sluice::testing
