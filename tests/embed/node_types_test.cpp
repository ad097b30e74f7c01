// A program's own node types in graphs that are written in YAML.

#include "model/message/text.hpp"
#include "nodes/builtin.hpp"
#include "runtime/config/graph_loader.hpp"
#include "runtime/embed/line_types.hpp"
#include "tests/embed/embed_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Passes on each word of a text that is long enough.
class long_words final : public node {
public:
  explicit long_words(std::size_t least) : least_(least) {}
  void on_message(node_context& context, std::size_t, message& in) override {
    const std::string line(in.get<text>().view());
    for (std::size_t begin = 0; begin < line.size();) {
      const auto end = std::min(line.find(' ', begin), line.size());
      if (end - begin >= least_)
        context.emit(0, in.with(text(line.substr(begin, end - begin))));
      begin = end + 1;
    }
  }

private:
  std::size_t least_;
};

node_type long_words_type() {
  node_type type;
  type.name = "long_words";
  type.category = "transform";
  type.summary = "Splits text into its long words.";
  option_spec least;
  least.name = "least";
  least.kind = option_kind::integer;
  least.default_value = "4";
  least.description = "Characters that a word needs.";
  least.minimum = 1;
  type.options = {least};
  type.ports = one_to_one<text, text>();
  type.example = "{ type: long_words, least: 6 }";
  type.make = [](const options& given) {
    return std::make_unique<long_words>(static_cast<std::size_t>(given.get_integer("least")));
  };
  return type;
}

struct yaml_scene {
  flow_fixture fixture;
  node_catalog catalog;
  inlet<text> lines = make_inlet<text>("lines");
  outlet<text> gathered = make_outlet<text>("gather", 64);

  yaml_scene() {
    register_builtin_nodes(catalog);
    catalog.add(long_words_type());
    catalog.add(inlet_type(lines));
    catalog.add(outlet_type(gathered));
  }
  loaded_graph load(const std::string& yaml) const {
    graph_input input;
    input.file = "words.yaml";
    input.text = yaml;
    return load_graph(input, catalog);
  }
};

constexpr const char* words = R"(version: 1
name: words
nodes:
  lines: { type: lines }
  words: { type: long_words, least: 5 }
  out:   { type: gather }
edges:
  - lines -> words
  - words -> out
)";

} // namespace

BOOST_AUTO_TEST_SUITE(own_node_types)

BOOST_AUTO_TEST_CASE(a_graph_in_yaml_names_them_beside_the_built_in_ones) {
  yaml_scene scene;
  const auto loaded = scene.load(words);
  for (const auto& each : loaded.found)
    BOOST_ERROR(loaded.show(each));
  BOOST_REQUIRE(loaded.plan);
  const auto running = scene.fixture.runtime().start(loaded.plan);
  BOOST_TEST(scene.lines.try_push(text("four words and others")));
  BOOST_TEST(scene.lines.try_push(text("nothing else")));
  scene.lines.close();
  scene.fixture.finish(running);
  for (const std::string expected : {"words", "others", "nothing"})
    BOOST_TEST(std::string(scene.gathered.try_pull().value().view()) == expected);
  BOOST_TEST(scene.gathered.ended());
}

BOOST_AUTO_TEST_CASE(their_options_are_checked_as_those_of_built_in_ones) {
  yaml_scene scene;
  std::string yaml = words;
  yaml.replace(yaml.find("least: 5"), 8, "leest: 5");
  yaml.replace(yaml.find("type: lines"), 11, "type: stdin");
  const auto loaded = scene.load(yaml);
  BOOST_TEST(!loaded.plan);
  BOOST_REQUIRE(loaded.found.size() == 1U);
  const auto shown = loaded.show(loaded.found.front());
  BOOST_TEST(shown.find("words.yaml:5:") == 0U, shown);
  BOOST_TEST(shown.find("'least'") != std::string::npos, shown);
  BOOST_TEST(shown.find("UNKNOWN_OPTION") != std::string::npos, shown);
}

BOOST_AUTO_TEST_CASE(graphs_in_cpp_name_them_too) {
  yaml_scene scene;
  flow_builder b;
  const auto lines = b.inlet<text>("lines");
  b.add_type("words", "long_words", {{"least", "3"}});
  b.connect(lines, in_port<text>("words"));
  const auto out = b.outlet(out_port<text>("words"), "out");
  const auto running = b.start(scene.fixture.runtime(), {}, scene.catalog);
  BOOST_TEST(lines.try_push(text("a few words")));
  lines.close();
  BOOST_TEST(std::string(out.pull(patience).value().view()) == "few");
  BOOST_TEST(std::string(out.pull(patience).value().view()) == "words");
  scene.fixture.finish(running);
}

BOOST_AUTO_TEST_CASE(an_inlet_and_an_outlet_end_with_a_flow_that_has_no_node_of_theirs) {
  yaml_scene scene;
  flow_builder b;
  const auto other = b.inlet<text>("other");
  b.sink(other, "seen", [](const text&) {});
  const auto running = b.start(scene.fixture.runtime());
  end_with(running, scene.lines);
  end_with(running, scene.gathered);
  other.close();
  BOOST_TEST(!scene.gathered.pull(patience).has_value());
  scene.fixture.finish(running);
  scene.fixture.await([&] { return scene.lines.ended() && scene.gathered.ended(); }, running);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_is_refused) {
  yaml_scene scene;
  BOOST_CHECK_EXCEPTION(scene.catalog.add(long_words_type()), error,
                        [](const error& failed) { return failed.code() == "duplicate_type"; });
}

BOOST_AUTO_TEST_SUITE_END()
