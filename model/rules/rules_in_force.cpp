#include "model/rules/rules_in_force.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t remembered_texts = 1024;
/// Of a longer text the beginning will do, to build automata with.
constexpr std::size_t remembered_bytes = 1024;

} // namespace

std::shared_ptr<const compiled_rules> rules_in_force::get() const {
  const std::lock_guard lock(mutex_);
  return rules_;
}

void rules_in_force::publish(std::shared_ptr<const compiled_rules> rules) {
  const std::lock_guard lock(mutex_);
  const auto& fields = rules->fields();
  std::erase_if(rings_, [&](const ring& one) {
    return std::find(fields.begin(), fields.end(), one.field) == fields.end();
  });
  // The old ones are taken apart by the caller, without the lock.
  std::swap(rules_, rules);
  version_.fetch_add(1, std::memory_order_acq_rel);
}

void rules_in_force::remember(std::string_view field, std::string_view text) {
  text = text.substr(0, remembered_bytes);
  const std::lock_guard lock(mutex_);
  auto found =
      std::find_if(rings_.begin(), rings_.end(), [&](const ring& one) { return one.field == field; });
  if (found == rings_.end())
    found = rings_.insert(rings_.end(), {std::string(field), {}, 0});
  if (found->texts.size() < remembered_texts) {
    found->texts.emplace_back(text);
    return;
  }
  found->texts[found->next] = text;
  found->next = (found->next + 1) % remembered_texts;
}

std::vector<std::string> rules_in_force::remembered(std::string_view field) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(rings_.begin(), rings_.end(), [&](const ring& one) { return one.field == field; });
  return found == rings_.end() ? std::vector<std::string>{} : found->texts;
}

} // namespace sluice
