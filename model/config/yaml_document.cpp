#include "model/config/yaml_document.hpp"

#include "model/config/yaml_guard.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace sluice {

namespace {

source_position to_position(const YAML::Mark& mark) {
  return mark.is_null() ? source_position{} : source_position{mark.line + 1, mark.column + 1};
}

finding syntax_finding(std::string text, source_position at, std::string path = {}) {
  return {finding::level::error, finding_code::syntax, std::move(path), std::move(text), at};
}

/// Returns the place of the first tab that indents a line (counted from 0), or nothing when only spaces do.
std::optional<source_position> indenting_tab(std::string_view text, int line) {
  for (int skipped = 0; skipped < line; ++skipped) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
      return std::nullopt;
    text.remove_prefix(end + 1);
  }
  const auto indentation = text.substr(0, std::min(text.find_first_not_of(" \t"), text.size()));
  const auto tab = indentation.find('\t');
  if (tab == std::string_view::npos)
    return std::nullopt;
  return source_position{line + 1, static_cast<int>(tab) + 1};
}

/// The parser's own words, but for tabs: it only says what it would have liked to see behind them.
finding explain(const YAML::Exception& failed, std::string_view text) {
  const auto tab = failed.mark.is_null() ? std::nullopt : indenting_tab(text, failed.mark.line);
  if (tab)
    return syntax_finding("a tab indents this line, which YAML does not allow; use spaces", *tab);
  return syntax_finding(failed.msg, to_position(failed.mark));
}

/// Ends reading: nothing after this finding is worth looking at.
struct reading_ended {
  finding why;
};

/// What a value costs once it is expanded.
struct extent {
  std::size_t values = 1;
  std::size_t bytes = 0;
  std::size_t height = 0;
};

struct anchored_value {
  config_value value;
  extent size;
};

/// A map or list that is still open.
struct open_collection {
  bool is_map = false;
  source_position at;
  YAML::anchor_t anchor = 0;
  std::vector<config_value> items;
  std::vector<config_value::member> members;
  std::vector<config_value> merged;
  std::unordered_set<std::string> names;
  bool has_name = false;
  bool is_duplicate = false;
  std::string name;
  source_position name_at;
  extent size;
};

/// Builds the value from the parser's events and keeps the limits.
class value_builder final : public YAML::EventHandler {
public:
  value_builder(std::string_view text, findings& found) : text_(text), found_(found) {}

  config_value take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto literal = null_literal(mark);
    if (wants_name())
      return set_name(std::string(literal), to_position(mark));
    const auto at =
        literal.empty() && !open_.empty() && open_.back().has_name ? open_.back().name_at : to_position(mark);
    add(config_value::null(at), anchor, {}, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(tag, mark);
    if (wants_name())
      return set_name(value, to_position(mark));
    const bool quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    add(config_value::scalar(value, quoted, to_position(mark)), anchor, {1, value.size(), 0}, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end())
      end("an alias refers to a value that contains it", mark);
    if (wants_name()) {
      if (!target->second.value.is_scalar())
        end("a key must be a scalar, not an alias of a map or list", mark);
      return set_name(target->second.value.text(), to_position(mark));
    }
    spend(target->second.size, mark);
    add(target->second.value, 0, target->second.size, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(false, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(true, mark, tag, anchor);
  }
  void OnSequenceEnd() override {
    auto list = close();
    add(config_value::list(std::move(list.items), list.at), list.anchor, list.size, {});
  }
  void OnMapEnd() override {
    auto map = close();
    merge(map);
    add(config_value::map(std::move(map.members), map.at), map.anchor, map.size, {});
  }

private:
  [[noreturn]] void end(std::string text, const YAML::Mark& mark) const {
    throw reading_ended{syntax_finding(std::move(text), to_position(mark), path())};
  }

  /// Returns the `null`, `~`, … written at `mark`, or nothing when the value is merely absent.
  std::string_view null_literal(const YAML::Mark& mark) const {
    if (mark.pos < 0 || static_cast<std::size_t>(mark.pos) >= text_.size())
      return {};
    const auto rest = text_.substr(static_cast<std::size_t>(mark.pos), 5);
    for (const std::string_view literal : {"null", "Null", "NULL", "~"})
      if (rest.substr(0, literal.size()) == literal)
        return literal;
    return {};
  }

  void check_tag(const std::string& tag, const YAML::Mark& mark) {
    static constexpr std::array<std::string_view, 9> known{"",
                                                           "?",
                                                           "!",
                                                           "tag:yaml.org,2002:str",
                                                           "tag:yaml.org,2002:int",
                                                           "tag:yaml.org,2002:float",
                                                           "tag:yaml.org,2002:bool",
                                                           "tag:yaml.org,2002:map",
                                                           "tag:yaml.org,2002:seq"};
    if (std::find(known.begin(), known.end(), tag) == known.end())
      found_.push_back(syntax_finding(fmt::format("the tag '{}' is not supported; remove it", tag),
                                      to_position(mark), path()));
  }

  bool wants_name() const { return !open_.empty() && open_.back().is_map && !open_.back().has_name; }

  void set_name(std::string name, source_position at) {
    auto& map = open_.back();
    map.has_name = true;
    map.name = std::move(name);
    map.name_at = at;
    map.size.bytes += map.name.size();
    map.is_duplicate = map.name != "<<" && !map.names.insert(map.name).second;
    if (map.is_duplicate)
      report_duplicate(map);
  }

  void report_duplicate(const open_collection& map) {
    const bool node = is_node_map();
    const auto first =
        std::find_if(map.members.begin(), map.members.end(),
                     [&](const config_value::member& other) { return other.name == map.name; });
    const auto where =
        first == map.members.end() ? "" : fmt::format("; the first is on line {}", first->position.line);
    const auto text = node ? fmt::format("two nodes are called '{}'{}", map.name, where)
                           : fmt::format("the key '{}' appears twice{}", map.name, where);
    found_.push_back({finding::level::error, node ? finding_code::duplicate_node : finding_code::syntax,
                      path(), text, map.name_at});
  }

  /// True when the innermost open map is a graph's `nodes`.
  bool is_node_map() const {
    if (open_.size() < 2 || open_[open_.size() - 2].name != "nodes")
      return false;
    return open_.size() == 2 || open_[open_.size() - 3].name == "graph";
  }

  std::string path() const {
    std::string all;
    for (const auto& one : open_) {
      if (one.is_map && one.has_name)
        all += (all.empty() ? "" : ".") + one.name;
      else if (!one.is_map)
        all += fmt::format("[{}]", one.items.size());
    }
    return all;
  }

  void spend(const extent& size, const YAML::Mark& mark) {
    values_ += size.values;
    bytes_ += size.bytes;
    if (values_ > yaml_value_limit)
      end(fmt::format("more than {} values once aliases are expanded", yaml_value_limit), mark);
    if (bytes_ > yaml_byte_limit)
      end(fmt::format("more than {} MiB of text once aliases are expanded", yaml_byte_limit >> 20), mark);
    if (open_.size() + size.height > yaml_depth_limit)
      end(fmt::format("maps and lists nest deeper than {}", yaml_depth_limit), mark);
  }

  void begin(bool is_map, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (wants_name())
      end("a key must be a scalar, not a map or list (quote a value that begins with { or [)", mark);
    check_tag(tag, mark);
    spend({1, 0, 1}, mark);
    auto& added = open_.emplace_back();
    added.is_map = is_map;
    added.at = to_position(mark);
    added.anchor = anchor;
  }

  open_collection close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    ++closed.size.height;
    return closed;
  }

  /// Adds what `<<` brought in and the map itself does not say (YAML 1.1 merge keys).
  void merge(open_collection& map) {
    for (const auto& source : map.merged) {
      for (const auto& member : source.members())
        if (map.names.insert(member.name).second)
          map.members.push_back(member);
    }
  }

  void keep_merged(open_collection& map, config_value value) {
    const auto usable = [](const config_value& one) { return one.is_map(); };
    if (usable(value))
      map.merged.push_back(std::move(value));
    else if (value.is_list() && std::all_of(value.items().begin(), value.items().end(), usable))
      map.merged.insert(map.merged.end(), value.items().begin(), value.items().end());
    else
      found_.push_back(syntax_finding("'<<' takes a map or a list of maps", map.name_at, path()));
  }

  void add(config_value value, YAML::anchor_t anchor, extent size, const YAML::Mark& mark) {
    if (value.is_scalar() || value.is_null())
      spend({1, size.bytes, 0}, mark);
    if (anchor != 0) {
      spend({size.values, size.bytes, 0}, mark); // the anchor keeps a copy
      anchors_[anchor] = {value, size};
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& parent = open_.back();
    parent.size.values += size.values;
    parent.size.bytes += size.bytes;
    parent.size.height = std::max(parent.size.height, size.height);
    if (!parent.is_map)
      parent.items.push_back(std::move(value));
    else if (parent.name == "<<")
      keep_merged(parent, std::move(value));
    else if (!parent.is_duplicate)
      parent.members.push_back({parent.name, parent.name_at, std::move(value)});
    parent.has_name = false;
  }

  std::string_view text_;
  findings& found_;
  config_value root_;
  std::vector<open_collection> open_;
  std::unordered_map<YAML::anchor_t, anchored_value> anchors_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

/// Refuses whatever document follows the first.
class second_document final : public YAML::EventHandler {
public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw reading_ended{syntax_finding("a second document begins here; a file holds one", to_position(mark))};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

void parse(std::string_view text, yaml_document& document) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  value_builder builder(text, document.found);
  if (!parser.HandleNextDocument(builder)) {
    document.found.push_back(
        syntax_finding("the file is empty; it needs at least version, nodes and edges", {}));
    return;
  }
  second_document rest;
  (void)parser.HandleNextDocument(rest);
  document.root = builder.take_root();
}

} // namespace

yaml_document read_yaml(std::string_view text) {
  yaml_document document;
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, 3) == byte_order_mark)
    text.remove_prefix(3);
  if (text.size() > configuration_limit) {
    document.found.push_back(
        syntax_finding(fmt::format("the file is larger than {} MiB", configuration_limit >> 20), {}));
    return document;
  }
  if (auto unfit = guard_yaml(text)) {
    document.found.push_back(std::move(*unfit));
    return document;
  }
  try {
    parse(text, document);
  } catch (const reading_ended& ended) {
    document.found.push_back(ended.why);
  } catch (const YAML::Exception& failed) {
    document.found.push_back(explain(failed, text));
  }
  return document;
}

} // namespace sluice
