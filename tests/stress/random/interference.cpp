#include "tests/stress/random/interference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sluice::stress {

namespace {

/// Looks within which everything is done; a look is about 200 microseconds.
constexpr std::uint64_t looks = 200;
/// Control messages sent at one look.
constexpr int control_burst = 100;

constexpr const char* names[] = {"pause", "resume", "stop", "stop_within", "abort", "control"};

} // namespace

interference::interference(dice& chance, const graph_recipe& recipe) {
  for (const auto& node : recipe.nodes)
    node_ids_.push_back(node.id);
  done_.controls.resize(recipe.nodes.size());
  const auto at = [&] { return chance.magnitude(looks) - 1; };
  if (chance.one_in(4))
    for (auto pauses = chance.between(1, 5); pauses != 0; --pauses) {
      const auto begin = at();
      acts_.push_back({begin, act_kind::pause});
      acts_.push_back({begin + chance.magnitude(20), act_kind::resume});
    }
  if (chance.one_in(4))
    for (auto bursts = chance.between(1, 20); bursts != 0; --bursts)
      acts_.push_back({at(), act_kind::control, chance.index(recipe.nodes.size())});
  if (chance.one_in(4))
    acts_.push_back({at(), act_kind::stop});
  if (chance.one_in(5))
    acts_.push_back({at(), act_kind::stop_within, chance.magnitude(100'000) - 1});
  if (chance.one_in(6))
    acts_.push_back({at(), act_kind::abort});
  std::stable_sort(acts_.begin(), acts_.end(),
                   [](const planned_act& a, const planned_act& b) { return a.look < b.look; });
}

void interference::act(const flow& running, std::uint64_t look) {
  for (; next_ < acts_.size() && acts_[next_].look <= look; ++next_)
    carry_out(running, acts_[next_]);
}

void interference::carry_out(const flow& running, const planned_act& due) {
  switch (due.kind) {
  case act_kind::pause:
    running.pause();
    break;
  case act_kind::resume:
    running.resume();
    break;
  case act_kind::stop:
    done_.stopped = true;
    running.stop();
    break;
  case act_kind::stop_within:
    done_.stopped = true;
    running.stop(std::chrono::microseconds{due.value});
    break;
  case act_kind::abort:
    done_.aborted = true;
    running.abort("the stress test aborts");
    break;
  case act_kind::control:
    for (int i = 0; i < control_burst; ++i)
      done_.controls[due.value] +=
          running.send_control(node_ids_[due.value], message(std::uint64_t{0})) ? 1 : 0;
    break;
  }
}

std::string interference::describe() const {
  std::string text = "treated:";
  for (const auto& each : acts_)
    text += fmt::format(" {}({})@{}", names[static_cast<std::size_t>(each.kind)], each.value, each.look);
  return text + fmt::format("; {} of {} done\n", next_, acts_.size());
}

} // namespace sluice::stress
