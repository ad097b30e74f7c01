#include "runtime/embed/rule_book.hpp"

#include "runtime/embed/kept_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

class gate_subscription final : public rule_subscription {
public:
  explicit gate_subscription(std::shared_ptr<rule_listener_gate> gate) : gate_(std::move(gate)) {}
  ~gate_subscription() override { gate_->shut(); }

private:
  std::shared_ptr<rule_listener_gate> gate_;
};

std::uint64_t hits_of(const compiled_rules& rules, const std::string& id) {
  const auto& all = rules.rules();
  const auto found =
      std::lower_bound(all.begin(), all.end(), id, [](const armed_rule& each, const std::string& wanted) {
        return each.definition->id < wanted;
      });
  if (found == all.end() || found->definition->id != id || !found->hits)
    return 0;
  return found->hits->load(std::memory_order_relaxed);
}

shown_rule shown(const viewed_rule& each, const compiled_rules& in_force, utc_time now) {
  return {each.definition, effective(each.state, now), hits_of(in_force, each.definition->id)};
}

} // namespace

std::string to_string(const rule_place& place) {
  const std::string kind = place.what == rule_place::kind::directory ? "directory" : "database";
  return place.path.empty() ? kind : kind + " " + place.path.string();
}

rule_book::kept::kept(parts given)
    : parts_(std::move(given)), loaded_(ask<bool>([](rule_keeping& in) {
                                          in.load();
                                          return true;
                                        }).share()) {}

bool rule_book::kept::is_loaded() const noexcept {
  if (loaded_.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
    return false;
  try {
    return loaded_.get();
  } catch (...) {
    return false;
  }
}

error rule_book::kept::ended() const {
  return error("rules_unavailable",
               fmt::format("the rules of {} are not kept any more: this process has let go of them",
                           to_string(parts_.place)));
}

const rule_place& rule_book::place() const noexcept {
  return kept_->shared().place;
}

rule_view rule_book::view() const {
  return kept_->shared().shelf->view();
}

std::vector<shown_rule> rule_book::list() const {
  const auto& from = kept_->shared();
  const auto in_force = from.in_force->get();
  const auto now = from.clock();
  std::vector<shown_rule> result;
  for (const auto& [id, each] : from.shelf->view())
    if (each.definition)
      result.push_back(shown(each, *in_force, now));
  return result;
}

std::optional<shown_rule> rule_book::find(const std::string& id) const {
  const auto& from = kept_->shared();
  const auto found = from.shelf->find(id);
  if (!found || !found->definition)
    return std::nullopt;
  return shown(*found, *from.in_force->get(), from.clock());
}

std::vector<rule_finding> rule_book::findings() const {
  return kept_->ask<std::vector<rule_finding>>([](rule_keeping& in) { return in.findings(); }).get();
}

std::shared_ptr<rules_in_force> rule_book::in_force() const {
  // Shares the keeper's life: it ends when the last who fetches from it lets go.
  return {kept_, kept_->shared().in_force.get()};
}

rule_state rule_book::state(const std::string& id) const {
  return kept_->ask<rule_state>([id](rule_keeping& in) { return in.state(id); }).get();
}

rule_state_answer rule_book::set_state(const std::string& id, const rule_state& state) const {
  auto promise = std::make_shared<std::promise<rule_state_answer>>();
  auto answer = promise->get_future();
  set_state_async(id, state, [promise](rule_state_answer made) { promise->set_value(std::move(made)); });
  return answer.get();
}

void rule_book::set_state_async(const std::string& id, const rule_state& state,
                                std::function<void(rule_state_answer)> done) const {
  kept_->shared().line->send([id, state, done = std::move(done), ended = kept_->ended()](rule_keeping* in) {
    done(in != nullptr ? in->set_state(id, state) : rule_state_answer{false, false, ended});
  });
}

rule_following rule_book::subscribe(rule_listener listener) const {
  const auto gate = std::make_shared<rule_listener_gate>(std::move(listener));
  rule_following following;
  following.subscription = std::make_unique<gate_subscription>(gate);
  following.from = kept_->ask<rule_view>([gate](rule_keeping& in) { return in.follow(gate); }).get();
  return following;
}

void rule_book::refresh() const {
  (void)kept_
      ->ask<bool>([](rule_keeping& in) {
        in.look();
        return true;
      })
      .get();
}

} // namespace sluice
