#include "model/rules/rule_reader.hpp"

#include "model/config/map_reader.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"
#include "model/config/yaml_document.hpp"
#include "model/rules/pattern_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

namespace sluice {

namespace {

constexpr std::size_t longest_name = 128;
constexpr auto most_versions = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
/// What a tag says of itself; an emission cannot.
constexpr std::array<std::string_view, 3> tag_members = {"tag_id", "rule_id", "rule_version"};

constexpr bool is_letter_or_digit(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// True for texts without any value: empty, or comments only.
bool is_blank(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto first = text.substr(0, end).find_first_not_of(" \t\r");
    if (first != std::string_view::npos && text[first] != '#')
      return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

/// Returns the text of a member that must be there and say something; empty after a finding.
std::string required_text(map_reader& from, std::string_view name, std::string_view remedy) {
  const auto* given = from.value(name);
  if (given && !given->is_scalar())
    (void)from.scalar(name);
  else if (!given)
    from.report(finding_code::bad_value, name, fmt::format("'{}' is missing; {}", name, remedy));
  else if (given->text().empty())
    from.report_at(finding_code::bad_value, name, fmt::format("'{}' is empty; {}", name, remedy),
                   given->position());
  else
    return given->text();
  return {};
}

/// Reports a member that is written and has no value, where leaving it out would mean something.
void refuse_nothing(map_reader& from, std::string_view name, std::string_view remedy) {
  const auto* given = from.map().find(name);
  if (given && given->is_null())
    from.report(finding_code::bad_value, name, fmt::format("'{}' has no value; {}", name, remedy));
}

std::string read_id(map_reader& from) {
  const std::string_view remedy = "a rule is known by it, e.g. ssh-wget-pipe-shell";
  auto id = required_text(from, "rule_id", remedy);
  if (!id.empty() && !is_rule_id(id))
    from.report(
        finding_code::bad_name, "rule_id",
        fmt::format("'{}' is not the name of a rule; use letters, digits, _, - and ., first no - or ., at "
                    "most {}",
                    id, longest_name));
  return id;
}

std::uint64_t read_version(map_reader& from) {
  if (!from.value("rule_version"))
    from.report(finding_code::bad_value, "rule_version",
                "'rule_version' is missing; begin with 1 and raise it with each edit");
  return from.count("rule_version", 1, most_versions).value_or(1);
}

std::vector<std::string> read_kinds(map_reader& from) {
  std::vector<std::string> kinds;
  refuse_nothing(from, "applies_to", "leave it out for a rule that looks at all kinds");
  const auto* list = from.list("applies_to");
  if (!list)
    return kinds;
  if (list->items().empty())
    from.report(finding_code::bad_value, "applies_to",
                "'applies_to' is empty; leave it out for a rule that looks at all kinds");
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const auto& item = list->items()[i];
    const auto refuse = [&](const std::string& text) {
      from.report_at(finding_code::bad_value, fmt::format("applies_to[{}]", i), text, item.position());
    };
    if (!item.is_scalar() || item.text().empty())
      refuse(fmt::format("expected the name of a kind, found {}",
                         item.is_scalar() ? "an empty one" : item.describe()));
    else if (std::find(kinds.begin(), kinds.end(), item.text()) != kinds.end())
      refuse(fmt::format("the kind '{}' appears twice", item.text()));
    else
      kinds.push_back(item.text());
  }
  return kinds;
}

void check_field(map_reader& from, const std::string& field) {
  const bool fine = field.front() != '.' && field.back() != '.' && field.find("..") == std::string::npos;
  if (!fine)
    from.report(
        finding_code::bad_value, "field",
        fmt::format("'{}' has an empty part; write one dot between the members of nested ones", field));
}

void read_match(map_reader& from, rule& out) {
  const std::string_view example = "e.g. match: { field: command, pattern: 'wget .*' }";
  const auto* given = from.value("match");
  if (!given) {
    from.report(finding_code::bad_value, "match", fmt::format("'match' is missing; {}", example));
    return;
  }
  if (!from.map("match"))
    return;
  map_reader inner(*given, from.path_of("match"), from.out());
  out.field = required_text(inner, "field", "name the field whose text is matched");
  if (!out.field.empty())
    check_field(inner, out.field);
  out.pattern = required_text(inner, "pattern", "write a regular expression of RE2");
  if (!out.pattern.empty())
    if (const auto trouble = detail::pattern_trouble(out.pattern))
      inner.report(
          finding_code::bad_value, "pattern",
          fmt::format("'{}' is not a pattern of RE2: {}", out.pattern.substr(0, longest_name), *trouble));
  inner.refuse_unknown();
}

double read_confidence(map_reader& from) {
  refuse_nothing(from, "confidence", "write a number from 0 to 1");
  const auto* given = from.scalar("confidence");
  if (!given)
    return 1;
  const auto number = parse_number(given->text());
  if (number && *number >= 0 && *number <= 1)
    return *number;
  from.report(finding_code::bad_value, "confidence",
              fmt::format("'{}' is {}; write a number from 0 to 1", given->text(),
                          number ? "outside 0 to 1" : "no finite number"));
  return 1;
}

/// What an emission says beyond the members that have a meaning.
void read_more(map_reader& from, rule_emission& out) {
  const std::vector<std::string> known = {"technique_id", "tactic", "confidence"};
  for (const auto& [name, position, value] : from.map().members()) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    const auto refuse = [&from, &name = name](const char* code, std::string text, source_position at) {
      from.report_at(code, name, std::move(text), at);
    };
    const auto* meant = nearest(name, known);
    if (std::find(tag_members.begin(), tag_members.end(), name) != tag_members.end())
      refuse(finding_code::not_allowed, fmt::format("every tag has its own '{}'; use another name", name),
             position);
    else if (name.empty() || name.size() > longest_name)
      refuse(finding_code::bad_name, fmt::format("a member's name has 1 to {} bytes", longest_name),
             position);
    else if (!value.is_scalar())
      refuse(
          finding_code::bad_value,
          fmt::format("expected a single value, which goes into the tag as text, found {}", value.describe()),
          value.position());
    else if (meant && !from.map().find(*meant))
      from.out().push_back({finding::level::warning, finding_code::unknown_option, from.path_of(name),
                            fmt::format("'{}' goes into the tag as text (did you mean '{}'?)", name, *meant),
                            position});
    if (value.is_scalar())
      out.more.emplace_back(name, value.text());
  }
}

rule_emission read_emission(map_reader& from) {
  rule_emission one;
  one.technique_id = required_text(from, "technique_id", "e.g. T1059.004");
  one.tactic = from.text("tactic").value_or("");
  one.confidence = read_confidence(from);
  read_more(from, one);
  return one;
}

void read_emissions(map_reader& from, rule& out) {
  const std::string_view example =
      "e.g. emits: [{ technique_id: T1059.004, tactic: execution, confidence: 0.9 }]";
  if (!from.value("emits"))
    from.report(finding_code::bad_value, "emits", fmt::format("'emits' is missing; {}", example));
  const auto* list = from.list("emits");
  if (!list)
    return;
  if (list->items().empty())
    from.report(finding_code::bad_value, "emits", fmt::format("'emits' is empty; {}", example));
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const auto& item = list->items()[i];
    const auto name = fmt::format("emits[{}]", i);
    if (!item.is_map()) {
      from.report_at(finding_code::bad_value, name, fmt::format("expected a map, found {}", item.describe()),
                     item.position());
      continue;
    }
    map_reader inner(item, name, from.out());
    auto one = read_emission(inner);
    const auto same = std::find_if(out.emits.begin(), out.emits.end(), [&](const rule_emission& other) {
      return other.technique_id == one.technique_id;
    });
    if (same != out.emits.end() && !one.technique_id.empty())
      inner.report(
          finding_code::bad_value, "technique_id",
          fmt::format("the technique '{}' appears twice; a rule gives one tag for each", one.technique_id));
    out.emits.push_back(std::move(one));
  }
}

rule read_members(const config_value& root, findings& out) {
  map_reader from(root, "", out);
  rule result;
  result.id = read_id(from);
  result.version = read_version(from);
  result.name = required_text(from, "name", "say in a few words what the rule finds");
  result.description = from.text("description").value_or("");
  result.applies_to = read_kinds(from);
  read_match(from, result);
  read_emissions(from, result);
  from.refuse_unknown();
  return result;
}

} // namespace

bool is_rule_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= longest_name && is_letter_or_digit(id.front()) &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; });
}

std::optional<rule> read_rule(std::string_view text, findings& out) {
  const auto refuse = [&](const char* code, std::string why, source_position at) {
    out.push_back({finding::level::error, code, "", std::move(why), at});
    return std::nullopt;
  };
  if (text.size() > rule_text_limit)
    return refuse(
        finding_code::too_large,
        fmt::format("the rule has {} bytes; at most {} KiB are read", text.size(), rule_text_limit >> 10),
        {});
  if (is_blank(text))
    return refuse(finding_code::syntax,
                  "the file is empty; a rule needs rule_id, rule_version, name, match and emits", {});
  auto document = read_yaml(text);
  auto& found = document.found;
  std::optional<rule> result;
  if (document.root.is_map())
    result = read_members(document.root, found);
  else if (!has_errors(found))
    found.push_back({finding::level::error, finding_code::bad_value, "",
                     fmt::format("expected a map with rule_id, rule_version, name, match and emits, found {}",
                                 document.root.describe()),
                     document.root.position()});
  const auto place = [](const finding& one) { return std::pair(one.position.line, one.position.column); };
  std::stable_sort(found.begin(), found.end(),
                   [&](const finding& a, const finding& b) { return place(a) < place(b); });
  if (has_errors(found))
    result.reset();
  out.insert(out.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  return result;
}

} // namespace sluice
