#include "model/message/text.hpp"
#include "runtime/embed/coalesce_with.hpp"
#include "runtime/embed/latest_by.hpp"
#include "tests/embed/embed_scene.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>

using namespace sluice;
using namespace sluice::testing;

namespace {

struct bar {
  double low = 0;
  double high = 0;
};

/// A class of one's own: the lowest and highest of each `size` numbers.
class bars final : public node {
public:
  using inputs = ports<port<"in", double>>;
  using outputs = ports<port<"out", bar>>;
  explicit bars(std::size_t size) : size_(size) {}
  void on_message(node_context& context, std::size_t, message& in) override {
    const auto value = in.get<double>();
    now_ = count_ == 0 ? bar{value, value} : bar{std::min(now_.low, value), std::max(now_.high, value)};
    if (++count_ < size_)
      return;
    count_ = 0;
    context.emit(0, now_);
  }

private:
  std::size_t size_;
  std::size_t count_ = 0;
  bar now_;
};

struct count_down final : node {
  using outputs = ports<port<"out", double>>;
  explicit count_down(int from) : next(from) {}
  produce_result produce(node_context& context, std::size_t) override {
    context.emit(0, static_cast<double>(next));
    return --next > 0 ? produce_result::more : produce_result::done;
  }
  int next;
};

/// A class of several ports: numbers below the limit, and those that are not; a new limit comes by the second
/// input.
struct split final : node {
  using inputs = ports<port<"numbers", double>, port<"limit", int>>;
  using outputs = ports<port<"small", double>, port<"large", double>>;
  void on_message(node_context& context, std::size_t from, message& in) override {
    if (from == inputs::index<"limit">())
      limit = in.get<int>();
    else
      context.emit(in.get<double>() < limit ? outputs::index<"small">() : outputs::index<"large">(),
                   std::move(in));
  }
  int limit = 3;
};
static_assert(split::inputs::index<"numbers">() == 0);
static_assert(split::outputs::index<"large">() == 1);
// The compiler says of these that a name is needed (compile_fail/several_outputs.cpp, several_inputs.cpp).
static_assert(gives_messages<placed_node<split>> && takes_messages<placed_node<split>>);
static_assert(gives_messages<placed_node<bars>> && takes_messages<placed_node<bars>>);
static_assert(!takes_messages<placed_node<count_down>>);

/// Returns the text of the error that starting the flow of `b` throws.
std::string refusal(embed_scene& scene) {
  try {
    (void)scene.start();
  } catch (const error& failed) {
    BOOST_TEST(failed.code() == "invalid_graph");
    return failed.what();
  }
  return "it started";
}

} // namespace

BOOST_AUTO_TEST_SUITE(flow_builders)

BOOST_AUTO_TEST_CASE(functions_are_nodes) {
  embed_scene scene;
  auto& b = scene.b;
  int next = 0;
  const auto numbers = b.generate(
      "numbers", [next]() mutable { return next < 6 ? std::optional<int>(next++) : std::nullopt; });
  const auto even = b.filter(numbers, "even", [](int number) { return number % 2 == 0; });
  const auto words = b.map(even, "words", [](int number) { return "<" + std::to_string(number) + ">"; });
  const auto seen = std::make_shared<std::string>();
  b.sink(words, "seen", [seen](const std::string& word) { *seen += word; });
  BOOST_TEST((scene.fixture.finish(scene.start()).outcome == flow_status::finished));
  BOOST_TEST(*seen == "<0><2><4>");
}

BOOST_AUTO_TEST_CASE(classes_are_nodes) {
  embed_scene scene;
  const auto numbers = scene.b.add<count_down>("numbers", 4);
  const auto made = scene.b.add<bars>("bars", std::size_t{2});
  scene.b.connect(numbers, made);
  const auto out = scene.b.outlet(made, "out");
  scene.fixture.finish(scene.start());
  const auto first = out.try_pull().value();
  BOOST_TEST(first.low == 3.0);
  BOOST_TEST(first.high == 4.0);
  BOOST_TEST(out.try_pull().value().high == 2.0);
}

BOOST_AUTO_TEST_CASE(a_class_declares_its_ports) {
  embed_scene scene;
  const auto numbers = scene.b.add<count_down>("numbers", 5);
  const auto limits = scene.b.inlet<int>("limits");
  const auto parts = scene.b.add<split>("parts");
  scene.b.connect(numbers, parts.in<"numbers">());
  scene.b.connect(limits, parts.in<"limit">());
  const auto small = std::make_shared<std::vector<double>>();
  const auto large = std::make_shared<std::vector<double>>();
  scene.b.sink(parts.out<"small">(), "small", [small](double value) { small->push_back(value); });
  scene.b.sink(parts.out<"large">(), "large", [large](double value) { large->push_back(value); });
  limits.close();
  scene.fixture.finish(scene.start());
  BOOST_TEST(*small == (std::vector<double>{2, 1}), boost::test_tools::per_element());
  BOOST_TEST(*large == (std::vector<double>{5, 4, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(declared_ports_are_those_of_a_type_for_yaml) {
  const auto declared = ports_of<split>();
  BOOST_REQUIRE(declared.inputs.size() == 2U);
  BOOST_REQUIRE(declared.outputs.size() == 2U);
  BOOST_TEST(declared.inputs[1].name == "limit");
  BOOST_TEST(declared.inputs[1].type.accepts(payload(7)));
  BOOST_TEST(!declared.inputs[0].type.accepts(payload(7)));
  BOOST_TEST(declared.outputs[1].name == "large");
  BOOST_TEST(ports_of<count_down>().inputs.empty());
}

BOOST_AUTO_TEST_CASE(several_edges_may_enter_one_input_and_leave_one_output) {
  embed_scene scene;
  const auto left = scene.b.add<count_down>("left", 3);
  const auto right = scene.b.add<count_down>("right", 3);
  const auto sum = std::make_shared<double>();
  const auto into = scene.b.sink(left, "sum", [sum](double value) { *sum += value; });
  scene.b.connect(right, into);
  const auto count = std::make_shared<int>();
  scene.b.sink(left, "count", [count](double) { ++*count; });
  scene.fixture.finish(scene.start());
  BOOST_TEST(*sum == 12.0);
  BOOST_TEST(*count == 3);
}

BOOST_AUTO_TEST_CASE(edges_are_set_as_told) {
  flow_builder b;
  edge_settings settings;
  settings.capacity = 5;
  settings.policy = overflow_policy::drop;
  const auto numbers = b.inlet<double>("numbers");
  const auto doubled = b.map(
      numbers, "double", [](double value) { return 2 * value; }, settings);
  settings.capacity = 6;
  const auto few = b.filter(
      doubled, "few", [](double) { return false; }, settings);
  settings.capacity = 7;
  b.sink(
      few, "sink", [](double) {}, settings);
  settings.capacity = 8;
  const auto out = b.outlet(doubled, "out", 1, settings);
  std::vector<std::size_t> capacities;
  for (const auto& each : b.build().edges) {
    capacities.push_back(each.settings.capacity);
    BOOST_TEST((each.settings.policy == overflow_policy::drop));
  }
  BOOST_TEST(capacities == (std::vector<std::size_t>{5, 6, 7, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_edge_may_keep_the_latest_by_a_key_of_the_payload) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<int>("numbers");
  const auto seen = std::make_shared<std::vector<int>>();
  const auto parity = [](int number) { return std::string(number % 2 == 0 ? "even" : "odd"); };
  // The queue of one is full and its node holds another: the rest waits in the edge, one per key.
  const auto out = scene.b.outlet(numbers, "out", 1, latest_by<int>(parity, 8));
  const auto running = scene.start();
  for (int i = 0; i < 100; ++i)
    BOOST_REQUIRE((numbers.push(i, patience) == push_result::accepted));
  scene.fixture.await([&] { return running.snapshot().edges.front().counters.offered == 100; }, running);
  numbers.close();
  for (auto next = out.pull(patience); next; next = out.pull(patience))
    seen->push_back(*next);
  scene.fixture.finish(running);
  BOOST_REQUIRE(seen->size() >= 2U);
  std::sort(seen->end() - 2, seen->end());
  BOOST_TEST(seen->end()[-2] == 98);
  BOOST_TEST(seen->back() == 99);
  const auto edge = running.snapshot().edges.front().counters;
  BOOST_TEST(edge.replaced + seen->size() == 100U);
  BOOST_TEST(edge.evicted == 0U);
}

BOOST_AUTO_TEST_CASE(trace_time_and_key_pass_a_map) {
  embed_scene scene;
  const auto numbers = scene.b.add<count_down>("numbers", 1);
  const auto names = std::make_shared<std::vector<trace_id>>();
  const auto spy = [names] {
    return std::make_unique<function_node>([names](node_context& context, std::size_t, message& in) {
      names->push_back(in.trace());
      in.set_key(text("the key"));
      BOOST_TEST(in.timestamp().count() != 0);
      context.emit(0, std::move(in));
    });
  };
  scene.b.add("before", spy, one_to_one<double, double>());
  scene.b.connect(numbers, in_port<double>("before"));
  const auto mapped = scene.b.map(out_port<double>("before"), "map", [](double value) { return -value; });
  const auto key = std::make_shared<std::string>();
  scene.b.add(
      "after",
      [names, key] {
        return std::make_unique<function_node>([names, key](node_context&, std::size_t, message& in) {
          names->push_back(in.trace());
          *key = std::string(in.key().view());
        });
      },
      sink_of<double>());
  scene.b.connect(mapped, in_port<double>("after"));
  scene.fixture.finish(scene.start());
  BOOST_REQUIRE(names->size() == 2U);
  BOOST_TEST((names->front() == names->back()));
  BOOST_TEST(*key == "the key");
}

BOOST_AUTO_TEST_CASE(what_a_function_throws_goes_the_way_of_the_nodes_error_policy) {
  embed_scene scene;
  const auto numbers = scene.b.add<count_down>("numbers", 3);
  scene.b.sink(numbers, "picky", [](double) { throw std::runtime_error("not this one"); });
  error_settings settings;
  settings.policy = error_policy::fail;
  scene.b.on_error(settings);
  const auto summary = scene.fixture.finish(scene.start());
  BOOST_TEST((summary.outcome == flow_status::failed));
  BOOST_TEST(contains(summary.reason, "not this one"));
}

BOOST_AUTO_TEST_CASE(an_unknown_port_is_a_finding_that_names_it) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<double>("numbers");
  const auto into = scene.b.sink(numbers, "seen", [](double) {});
  scene.b.connect(out_port<double>("numbers", "left"), into);
  const auto text = refusal(scene);
  BOOST_TEST(contains(text, "'left'"), text);
  BOOST_TEST(contains(text, "UNKNOWN_PORT"), text);
}

BOOST_AUTO_TEST_CASE(a_name_that_claims_another_payload_is_a_finding) {
  embed_scene scene;
  const auto numbers = scene.b.inlet<double>("numbers");
  scene.b.sink(numbers, "seen", [](double) {});
  scene.b.sink(out_port<int>("numbers"), "wrong", [](int) {});
  const auto text = refusal(scene);
  BOOST_TEST(contains(text, "TYPE_MISMATCH"), text);
}

BOOST_AUTO_TEST_CASE(a_function_of_another_payload_than_the_edge_carries_is_a_finding) {
  const auto text_with = [](edge_settings settings) {
    embed_scene scene;
    const auto numbers = scene.b.inlet<double>("numbers");
    scene.b.sink(
        numbers, "seen", [](double) {}, std::move(settings));
    return refusal(scene);
  };
  const auto parity = [](int number) { return std::string(number % 2 == 0 ? "even" : "odd"); };
  const auto sum = [](int queued, int incoming) { return queued + incoming; };
  for (const auto& wrong : {latest_by<int>(parity), coalesce_with<int>(sum)}) {
    const auto text = text_with(wrong);
    BOOST_TEST(contains(text, "TYPE_MISMATCH"), text);
    BOOST_TEST(contains(text, "the edge numbers.out->seen.in carries " +
                                  std::string(port_type::of<double>().name())),
               text);
    BOOST_TEST(contains(text, "its function takes " + std::string(port_type::of<int>().name())), text);
    BOOST_TEST(contains(text, "give latest_by/coalesce_with the payload of the edge"), text);
  }
}

BOOST_AUTO_TEST_CASE(a_function_of_a_payload_fits_an_output_of_any_payload_by_its_input) {
  const auto is_refused = [](port_type takes) {
    embed_scene scene;
    scene.b.add("any", [] { return std::make_unique<count_down>(1); },
                {{}, {{output_port, port_type::any(), {}}}});
    scene.b.add("seen",
                [] { return std::make_unique<function_node>([](node_context&, std::size_t, message&) {}); },
                {{{input_port, takes, {}}}, {}});
    scene.b.connect(out_port<any_payload>("any"), in_port<any_payload>("seen"),
                    latest_by<int>([](int number) { return std::to_string(number); }));
    return !validate(scene.b.build(), {}).found.empty();
  };
  BOOST_TEST(!is_refused(port_type::any()));
  BOOST_TEST(!is_refused(port_type::of<int>()));
  BOOST_TEST(is_refused(port_type::of<double>()));
}

BOOST_AUTO_TEST_CASE(ports_of_any_payload_take_every_output) {
  embed_scene scene;
  const auto numbers = scene.b.add<count_down>("numbers", 2);
  const auto count = std::make_shared<int>();
  scene.b.add("count",
              [count] {
                return std::make_unique<function_node>(
                    [count](node_context&, std::size_t, message&) { ++*count; });
              },
              {{{input_port, port_type::any(), {}}}, {}});
  scene.b.connect(numbers, in_port<any_payload>("count"));
  scene.fixture.finish(scene.start());
  BOOST_TEST(*count == 2);
}

BOOST_AUTO_TEST_SUITE_END()
