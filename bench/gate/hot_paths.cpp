#include "bench/gate/hot_paths.hpp"

#include "model/base/error.hpp"
#include "model/edge/edge_queue.hpp"
#include "model/edge/lossy_channel.hpp"
#include "nodes/builtin.hpp"

#include <fmt/format.h>

#include "bench/gate/core_chain.hpp"
#include "bench/support/chain.hpp"

namespace sluice::bench {

namespace {

using small = sample<24>;

edge_settings with_policy(overflow_policy policy, std::size_t capacity) {
  edge_settings settings;
  settings.policy = policy;
  settings.capacity = capacity;
  settings.coalesce = [](message& queued, message&& incoming) {
    queued = queued.with(small(queued.get<small>().number() + incoming.get<small>().number()));
  };
  return settings;
}

/// A full queue: each round offers two messages and takes one, so that the policy acts on every other one.
void through_queue(overflow_policy policy, std::size_t count, bool keyed = false) {
  auto settings = with_policy(policy, 64);
  // More keys than places: every other message evicts one.
  if (keyed)
    settings.key = [](const message& each) {
      return "instrument-" + std::to_string(each.get<small>().number() % 96);
    };
  edge_queue queue(settings);
  std::string why;
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < count; i += 2) {
    (void)queue.push(message(small(i)), 0, why);
    (void)queue.push(message(small(i + 1)), 0, why);
    taken += queue.pop().get<small>().number() != count;
  }
  if (taken != (count + 1) / 2)
    throw error("lost_messages", fmt::format("{} of {} came", taken, (count + 1) / 2));
}

/// Batches of 64 in, one message at a time out, as a lossy edge works.
void through_channel(std::size_t count) {
  const auto settings = with_policy(overflow_policy::drop_oldest, 64);
  lossy_channel channel(settings);
  std::vector<lossy_channel::refusal> refused;
  message_batch offered;
  message_batch taken;
  std::uint64_t delivered = 0;
  for (std::size_t i = 0; i < count; i += 64) {
    for (std::size_t j = 0; j < 64; ++j)
      offered.messages.emplace_back(small(i + j));
    (void)channel.offer(offered, delivered, port_type::any(), false, refused);
    while (channel.look() == channel_state::waiting) {
      ++delivered;
      (void)channel.take(taken);
      taken.clear();
    }
  }
  if (delivered < count)
    throw error("lost_messages", fmt::format("{} of {} came", delivered, count));
}

void through_core(std::size_t hops, std::size_t count) {
  const auto seen = std::make_shared<tally>();
  std::vector<core_chain::maker> makers{[count] { return std::make_unique<number_source<small>>(count); }};
  makers.resize(hops, [] { return std::make_unique<relay>(); });
  makers.emplace_back([seen] { return std::make_unique<number_sink<small>>(seen); });
  core_chain(makers).run();
  seen->check(count);
}

/// Emits one JSON line again and again.
class line_source final : public node {
public:
  explicit line_source(std::size_t count) : left_(count) {}
  produce_result produce(node_context& context, std::size_t room) override {
    for (std::size_t i = 0; i < room && left_ != 0; ++i, --left_)
      context.emit(0, text(R"({"status":500,"host":"a.example.org","path":"/index.html","took":0.25})"));
    return left_ == 0 ? produce_result::done : produce_result::more;
  }

private:
  std::size_t left_;
};

/// Counts messages of any kind.
class message_counter final : public node {
public:
  explicit message_counter(std::shared_ptr<std::size_t> seen) : seen_(std::move(seen)) {}
  void on_message(node_context&, std::size_t, message&) override { ++*seen_; }

private:
  std::shared_ptr<std::size_t> seen_;
};

/// Makes nodes of a built-in type.
core_chain::maker built_in(const char* name, std::vector<config_value::member> given) {
  const auto catalog = std::make_shared<node_catalog>();
  register_builtin_nodes(*catalog);
  const auto* type = catalog->find(name, true);
  const options chosen(type->options, config_value::map(std::move(given)));
  return [catalog, type, chosen] { return type->make(chosen); };
}

/// What `sluice run` does with a file of JSON lines, but for the file.
void through_records(std::size_t count) {
  const auto seen = std::make_shared<std::size_t>(0);
  core_chain({[count] { return std::make_unique<line_source>(count); }, built_in("json_parse", {}),
              built_in("filter", {{"where", {}, config_value::scalar(".status >= 500")}}),
              [seen] { return std::make_unique<message_counter>(seen); }})
      .run();
  if (*seen != count)
    throw error("lost_messages", fmt::format("{} of {} came", *seen, count));
}

} // namespace

const std::vector<hot_path>& hot_paths() {
  static const std::vector<hot_path> all{
      {"queue.drop", "edge_queue: push onto a full queue, pop",
       [](std::size_t count) { through_queue(overflow_policy::drop, count); }},
      {"queue.drop_oldest", "edge_queue: push onto a full queue, pop",
       [](std::size_t count) { through_queue(overflow_policy::drop_oldest, count); }},
      {"queue.latest", "edge_queue: replace, pop",
       [](std::size_t count) { through_queue(overflow_policy::latest, count); }},
      {"queue.latest_by_key", "edge_queue: replace or evict, pop",
       [](std::size_t count) { through_queue(overflow_policy::latest, count, true); }},
      {"queue.coalesce", "edge_queue: merge, pop",
       [](std::size_t count) { through_queue(overflow_policy::coalesce, count); }},
      {"channel.drop_oldest", "lossy_channel: offered in batches, taken one by one", through_channel},
      {"core.1_hop", "source, lossless edge and sink, without mailboxes",
       [](std::size_t count) { through_core(1, count); }},
      {"core.3_hops", "two relays between them", [](std::size_t count) { through_core(3, count); }},
      {"core.records", "lines, json_parse, filter and a sink, without mailboxes", through_records},
  };
  return all;
}

} // namespace sluice::bench
