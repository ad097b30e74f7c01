#include "model/rules/compiled_rules.hpp"

#include "model/rules/field_rules.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace sluice {

namespace {

using detail::field_rules;

/// Below every confidence.
constexpr double disabled = -1;

double ceiling(const rule_state& said, utc_time now) {
  const auto state = effective(said, now);
  switch (state.mode) {
  case rule_mode::disabled:
    return disabled;
  case rule_mode::clipped:
    return state.confidence_max;
  case rule_mode::enabled:
    break;
  }
  return 1;
}

bool applies(const rule& one, std::string_view kind) {
  return one.applies_to.empty() ||
         std::find(one.applies_to.begin(), one.applies_to.end(), kind) != one.applies_to.end();
}

bool is_before(const armed_rule& one, const std::string& id) {
  return one.definition->id < id;
}

} // namespace

struct compiled_rules::parts {
  std::vector<armed_rule> rules;
  std::vector<std::string> fields;
  /// As `fields`.
  std::vector<std::shared_ptr<const field_rules>> by_field;
  field_rules::counter fallbacks;

  /// Returns the counter of rule `id`, or nothing when it is not here.
  rule_hits hits_of(const std::string& id) const {
    const auto found = std::lower_bound(rules.begin(), rules.end(), id, is_before);
    return found != rules.end() && found->definition->id == id ? found->hits : nullptr;
  }

  const field_rules* find(std::string_view field) const {
    const auto found = std::lower_bound(fields.begin(), fields.end(), field);
    return found != fields.end() && *found == field
               ? by_field[static_cast<std::size_t>(found - fields.begin())].get()
               : nullptr;
  }

  /// Appends what matches in one field.
  void match(std::size_t field, std::string_view text, std::string_view kind, std::vector<int>& places,
             std::vector<std::size_t>& out) const {
    const auto before = out.size();
    by_field[field]->match(text, places, out);
    if (out.size() == before)
      return;
    const auto first = out.begin() + static_cast<std::ptrdiff_t>(before);
    out.erase(std::remove_if(first, out.end(),
                             [&](std::size_t index) {
                               const auto& one = rules[index];
                               return one.confidence_max < 0 || !applies(*one.definition, kind);
                             }),
              out.end());
  }

  /// Puts what was found from `first` on in order and counts it.
  void settle(std::vector<std::size_t>& out, std::size_t first) const {
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
    for (auto at = first; at < out.size(); ++at)
      rules[out[at]].hits->fetch_add(1, std::memory_order_relaxed);
  }
};

compiled_rules::compiled_rules(std::unique_ptr<parts> made) : parts_(std::move(made)) {}

compiled_rules::~compiled_rules() = default;

std::shared_ptr<const compiled_rules> compiled_rules::compile(const rule_view& view, utc_time now,
                                                              const compiled_rules* previous,
                                                              rule_compiling how) {
  const auto* lender = previous ? previous->parts_.get() : nullptr;
  auto made = std::make_unique<parts>();
  made->fallbacks = lender ? lender->fallbacks : std::make_shared<std::atomic<std::uint64_t>>(0);
  std::map<std::string_view, std::vector<field_rules::entry>> entries;
  for (const auto& [id, each] : view) {
    if (!each.definition)
      continue;
    const auto number = static_cast<std::uint32_t>(made->rules.size());
    entries[each.definition->field].push_back({each.definition->pattern, number});
    auto hits = lender ? lender->hits_of(id) : nullptr;
    if (!hits)
      hits = std::make_shared<std::atomic<std::uint64_t>>(0);
    made->rules.push_back({each.definition, ceiling(each.state, now), std::move(hits)});
  }
  for (auto& [field, wanted] : entries) {
    made->fields.emplace_back(field);
    made->by_field.push_back(
        std::make_shared<const field_rules>(std::move(wanted), lender ? lender->find(field) : nullptr,
                                            how == rule_compiling::whole, made->fallbacks));
  }
  return std::shared_ptr<const compiled_rules>(new compiled_rules(std::move(made)));
}

std::shared_ptr<const compiled_rules> compiled_rules::with_states(const rule_view& view, utc_time now) const {
  auto made = std::make_unique<parts>(*parts_);
  for (auto& each : made->rules) {
    const auto found = view.find(each.definition->id);
    each.confidence_max = ceiling(found == view.end() ? rule_state{} : found->second.state, now);
  }
  return std::shared_ptr<const compiled_rules>(new compiled_rules(std::move(made)));
}

void compiled_rules::match(std::string_view kind,
                           const std::function<const std::string_view*(std::string_view)>& field,
                           std::vector<std::size_t>& out) const {
  std::vector<std::string_view> texts;
  texts.reserve(parts_->fields.size());
  for (const auto& name : parts_->fields) {
    const auto* text = field(name);
    // An empty text is a text, and needs an address.
    texts.push_back(!text ? std::string_view() : text->empty() ? std::string_view("") : *text);
  }
  match(kind, texts, out);
}

void compiled_rules::match(std::string_view kind, std::span<const std::string_view> texts,
                           std::vector<std::size_t>& out) const {
  const auto before = out.size();
  std::vector<int> places;
  for (std::size_t field = 0; field < texts.size(); ++field)
    if (texts[field].data() != nullptr)
      parts_->match(field, texts[field], kind, places, out);
  if (out.size() != before)
    parts_->settle(out, before);
}

const std::vector<armed_rule>& compiled_rules::rules() const noexcept {
  return parts_->rules;
}

void compiled_rules::warm(std::string_view field, const std::vector<std::string>& texts) const {
  const auto* found = parts_->find(field);
  std::vector<int> places;
  std::vector<std::size_t> rules;
  for (const auto& text : texts) {
    if (found)
      found->match(text, places, rules);
    rules.clear();
  }
}

const std::vector<std::string>& compiled_rules::fields() const noexcept {
  return parts_->fields;
}

bool compiled_rules::is_whole() const noexcept {
  return std::all_of(parts_->by_field.begin(), parts_->by_field.end(),
                     [](const auto& each) { return each->is_whole(); });
}

std::uint64_t compiled_rules::fallbacks() const noexcept {
  return parts_->fallbacks->load(std::memory_order_relaxed);
}

std::vector<std::string> compiled_rules::refused() const {
  std::vector<std::size_t> found;
  for (const auto& each : parts_->by_field)
    each->refused(found);
  std::sort(found.begin(), found.end());
  std::vector<std::string> ids;
  for (const auto index : found)
    ids.push_back(parts_->rules[index].definition->id);
  return ids;
}

} // namespace sluice
