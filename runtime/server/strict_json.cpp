#include "runtime/server/strict_json.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace sluice {

namespace {

using document = nlohmann::json;

constexpr int deepest = 16;

/// Watches a document while it is parsed.
class strictness {
public:
  /// Returns whether what was just read is wanted; see nlohmann's parser_callback_t.
  bool look(int depth, document::parse_event_t event, const document& read) {
    if (event == document::parse_event_t::object_start)
      open_.emplace_back();
    else if (event == document::parse_event_t::object_end && !open_.empty())
      open_.pop_back();
    else if (event == document::parse_event_t::key && !open_.empty())
      broken_ |= !open_.back().insert(read.get<std::string>()).second;
    broken_ |= depth > deepest;
    // What is left out need not be kept in memory.
    return !broken_;
  }

  bool broken() const noexcept { return broken_; }

private:
  std::vector<std::set<std::string>> open_;
  bool broken_ = false;
};

} // namespace

std::optional<document> parse_strict_object(std::string_view text) {
  strictness rule;
  auto value = document::parse(
      text.begin(), text.end(),
      [&](int depth, document::parse_event_t event, document& read) { return rule.look(depth, event, read); },
      false);
  if (rule.broken() || !value.is_object())
    return std::nullopt;
  return value;
}

} // namespace sluice
