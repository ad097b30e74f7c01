#include "metrics/rule_exposition.hpp"
#include "model/graph/flow_plan.hpp"
#include "model/graph/graph_builder.hpp"
#include "model/message/json.hpp"
#include "nodes/builtin.hpp"
#include "runtime/embed/flow_runtime.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "tests/actors_rules/rule_directory_scene.hpp"
#include "tests/support/function_nodes.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

using namespace sluice;

namespace {

/// What came out: of message `number`, the version of the rule in each of its tags.
struct tagged_message {
  std::uint64_t number = 0;
  std::vector<std::uint64_t> versions;
};

/// Keeps every message that a sink has got. Any thread.
class tagged_messages {
public:
  void put(const json& record) {
    const auto& value = record.value();
    tagged_message one;
    one.number = value.at("number").get<std::uint64_t>();
    if (const auto tags = value.find("tags"); tags != value.end())
      for (const auto& each : *tags)
        one.versions.push_back(each.at("rule_version").get<std::uint64_t>());
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(one));
    changed_.notify_all();
  }
  /// Waits until a message from the `from`th on has a first tag of this version, 0: none.
  std::size_t wait_for(std::uint64_t version, std::size_t from = 0) {
    std::unique_lock lock(mutex_);
    const auto there = [&] {
      for (; from < all_.size(); ++from)
        if ((all_[from].versions.empty() ? 0 : all_[from].versions.front()) == version)
          return true;
      return false;
    };
    BOOST_REQUIRE_MESSAGE(changed_.wait_for(lock, patience, there), "waited in vain");
    return from;
  }
  std::vector<tagged_message> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<tagged_message> all_;
};

/// Numbers its records, until it is told to end.
class endless_source final : public node {
public:
  explicit endless_source(std::shared_ptr<const std::atomic<bool>> end) : end_(std::move(end)) {}
  produce_result produce(node_context& context, std::size_t room) override {
    if (*end_)
      return produce_result::done;
    for (std::size_t i = 0; i < room; ++i)
      context.emit(0, json(nlohmann::ordered_json{{"number", next_++}, {"command", "wget http://x"}}));
    return produce_result::more;
  }

private:
  std::shared_ptr<const std::atomic<bool>> end_;
  std::uint64_t next_ = 0;
};

/// `source → rules → sink`, by both ports, with keepers as a program has them.
struct rule_flow_scene : rule_directory_scene {
  std::shared_ptr<std::atomic<bool>> end = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<rule_keepers> keepers = std::make_shared<rule_keepers>(rule_keepers_settings{log(), {}});
  tagged_messages seen;
  node_catalog catalog;
  flow_runtime runtime{runtime_options{2, true, log()}};

  rule_flow_scene() { register_builtin_nodes(catalog, keepers); }

  flow start() {
    edge_settings small;
    small.capacity = 16;
    const auto graph =
        graph_builder("tagging")
            .add(
                "source", [end = end] { return std::make_unique<endless_source>(end); }, source_of<json>())
            .add_type("rules", "rules", {{"path", rules.string()}})
            .add(
                "sink",
                [this] {
                  return std::make_unique<sluice::testing::function_node>(
                      [this](node_context&, std::size_t, message& in) { seen.put(in.get<json>()); });
                },
                sink_of<json>())
            .connect("source", "rules", small)
            .connect("rules.matched", "sink", small)
            .connect("rules.unmatched", "sink", small)
            .build();
    auto checked = validate(graph, catalog);
    for (const auto& each : checked.found)
      BOOST_TEST_MESSAGE(to_string(each));
    BOOST_REQUIRE(checked.plan != nullptr);
    return runtime.start(checked.plan);
  }

  /// Ends the flow; checks that each message came out once, with two tags of one version or none.
  std::vector<tagged_message> finish(const flow& running) {
    *end = true;
    const auto summary = running.wait_for(patience);
    BOOST_REQUIRE(summary.has_value());
    BOOST_TEST((summary->outcome == flow_status::finished), summary->reason);
    auto all = seen.all();
    std::vector<bool> came(all.size(), false);
    std::size_t wrong = 0;
    for (const auto& each : all) {
      if (each.number >= came.size() || came[each.number])
        ++wrong;
      else
        came[each.number] = true;
      const auto& tags = each.versions;
      wrong += !tags.empty() && (tags.size() != 2 || tags[0] != tags[1]) ? 1 : 0;
    }
    BOOST_TEST(wrong == 0);
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rules_of_a_running_flow, rule_flow_scene)

BOOST_AUTO_TEST_CASE(an_edited_rule_tags_from_some_message_on_none_is_lost_and_none_half) {
  write("wget", "wget");
  const auto running = start();
  auto at = seen.wait_for(1);
  for (int version = 2; version <= 20; ++version) {
    write("wget", "wget", version);
    at = seen.wait_for(static_cast<std::uint64_t>(version), at);
  }
  std::uint64_t last = 1;
  std::size_t back = 0;
  for (const auto& each : finish(running)) {
    back += each.versions.empty() || each.versions.front() < last ? 1 : 0;
    last = each.versions.empty() ? 0 : each.versions.front();
  }
  BOOST_TEST(back == 0);
  BOOST_TEST(last == 20);
}

BOOST_AUTO_TEST_CASE(a_disabled_rule_tags_nothing_until_it_is_enabled_again) {
  write("wget", "wget");
  const auto running = start();
  auto at = seen.wait_for(1);
  const auto book = keepers->open(rule_place::directory(rules));
  BOOST_TEST(book.set_state("wget", disabled()).published);
  at = seen.wait_for(0, at);
  BOOST_TEST(book.set_state("wget", {}).published);
  at = seen.wait_for(1, at);
  std::uint64_t tagged = 0;
  for (const auto& each : finish(running))
    tagged += each.versions.empty() ? 0 : 1;
  BOOST_TEST(book.find("wget")->hits == tagged);
}

BOOST_AUTO_TEST_CASE(a_flow_whose_rules_are_not_there_fails_and_says_so) {
  std::filesystem::remove(rules);
  const auto summary = start().wait_for(patience);
  BOOST_REQUIRE(summary.has_value());
  BOOST_TEST((summary->outcome == flow_status::failed));
  BOOST_TEST(summary->reason.find(rules.string()) != std::string::npos, summary->reason);
}

BOOST_AUTO_TEST_CASE(its_keeper_ends_with_the_flow) {
  write("wget", "wget");
  const auto running = start();
  seen.wait_for(1);
  BOOST_TEST(keepers->books().size() == 1);
  (void)finish(running);
  BOOST_TEST(keepers->books().empty());
}

BOOST_AUTO_TEST_SUITE_END()
