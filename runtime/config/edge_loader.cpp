#include "runtime/config/edge_loader.hpp"

#include "model/config/map_reader.hpp"
#include "model/config/suggestion.hpp"
#include "model/edge/coalesce.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The place of a byte of a scalar; exact for those on one line without escapes, which edges are.
source_position position_of(const config_value& item, std::size_t offset) {
  auto at = item.position();
  if (at.known())
    at.column += static_cast<int>(offset) + (item.is_quoted() ? 1 : 0);
  return at;
}

/// Reads the settings of one edge in map form. Only what a member says by itself is judged here; what members
/// say together (a key without `latest`, …) is validation's.
class settings_reader {
public:
  explicit settings_reader(map_reader& reader) : reader_(reader) {}

  edge_settings read() {
    edge_settings settings;
    if (const auto capacity =
            reader_.count("capacity", 1, defaults::edge_capacity_limit, finding_code::bad_capacity))
      settings.capacity = *capacity;
    if (const auto prefetch = reader_.count("prefetch", 1, defaults::edge_capacity_limit))
      settings.prefetch = *prefetch;
    if (const auto band = reader_.choice("priority", band_names()))
      settings.band = *parse_band(*band);
    settings.feedback = reader_.boolean("feedback").value_or(false);
    const bool policy_known = read_policy(settings);
    const auto merge = reader_.choice("coalesce", coalesce_names());
    const auto key = reader_.text("key");
    if (!policy_known)
      return settings; // whether the rest fits cannot be told
    if (merge)
      settings.coalesce_name = *merge;
    if (!reader_.map().find("policy") && reader_.map().find("coalesce"))
      settings.policy = overflow_policy::coalesce;
    if (settings.policy == overflow_policy::coalesce && settings.coalesce_name.empty() && refused_merge_)
      settings.policy = overflow_policy::block; // reported; keeps validation from saying it again
    settings.key_source = key.value_or("");
    return settings;
  }

private:
  /// Returns false when the policy could not be understood.
  bool read_policy(edge_settings& settings) {
    const auto* coalesce = reader_.map().find("coalesce");
    refused_merge_ = coalesce && !coalesce->is_null();
    const auto* given = reader_.value("policy");
    if (!given)
      return true;
    if (given->is_map())
      return read_policy_map(*given, settings);
    const auto name = reader_.choice("policy", policy_names());
    if (name)
      settings.policy = *parse_policy(*name);
    return name.has_value();
  }

  bool read_policy_map(const config_value& given, edge_settings& settings) {
    map_reader inner(given, reader_.path_of("policy"), reader_.out());
    const auto merge = inner.choice("coalesce", coalesce_names());
    if (!inner.value("coalesce"))
      inner.report(finding_code::bad_value, "coalesce",
                   "as a map, policy says how to merge: { coalesce: sum }");
    inner.refuse_unknown();
    if (!merge)
      return false;
    settings.policy = overflow_policy::coalesce;
    settings.coalesce_name = *merge;
    return true;
  }

  map_reader& reader_;
  /// `coalesce` was given, so a name that is missing was refused.
  bool refused_merge_ = false;
};

class edge_list {
public:
  edge_list(const std::string& path, findings& out) : path_(path), out_(out) {}

  loaded_edges load(const config_value& list) {
    for (const auto& item : list.items()) {
      const auto path = fmt::format("{}[{}]", path_, index_++);
      if (item.is_scalar())
        load_chain(item, path);
      else if (item.is_map())
        load_map(item, path);
      else
        refuse(path,
               fmt::format("expected an edge such as 'a -> b' or a map with from and to, found {}",
                           item.describe()),
               item.position());
    }
    return std::move(loaded_);
  }

private:
  void add(edge_declaration edge) {
    loaded_.edges.push_back(std::move(edge));
    loaded_.items.push_back(index_ - 1);
  }

  void refuse(const std::string& path, std::string text, source_position at) {
    loaded_.incomplete = true;
    out_.push_back({finding::level::error, finding_code::bad_value, path, std::move(text), at});
  }

  void load_chain(const config_value& item, const std::string& path) {
    std::vector<std::pair<endpoint, config_value>> ends;
    for (auto& part : split_chain(item)) {
      const auto end = parse_endpoint(part.text());
      if (!end)
        return refuse(
            path, fmt::format("'{}' is not an edge: '{}' is not NODE or NODE.PORT", item.text(), part.text()),
            item.position());
      ends.emplace_back(*end, std::move(part));
    }
    if (ends.size() < 2)
      return refuse(path, fmt::format("'{}' is not an edge; write it as 'from -> to'", item.text()),
                    item.position());
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      const auto& [from, from_text] = ends[i];
      const auto& [to, to_text] = ends[i + 1];
      add({from, to, {}, from_text.position(), edge_map(from_text, to_text)});
    }
  }

  void load_map(const config_value& item, const std::string& path) {
    map_reader reader(item, path, out_);
    const auto from = read_end(reader, "from");
    const auto to = read_end(reader, "to");
    auto settings = settings_reader(reader).read();
    reader.refuse_unknown();
    if (from && to)
      add({*from, *to, std::move(settings), item.position(), item});
    else
      loaded_.incomplete = true;
  }

  std::optional<endpoint> read_end(map_reader& reader, std::string_view name) {
    const auto text = reader.text(name);
    if (!text) {
      if (!reader.value(name))
        reader.report(finding_code::bad_value, name,
                      fmt::format("the edge has no '{}': it needs from and to", name));
      return std::nullopt;
    }
    auto end = parse_endpoint(*text);
    if (!end)
      reader.report(finding_code::bad_value, name, fmt::format("'{}' is not NODE or NODE.PORT", *text));
    return end;
  }

  const std::string& path_;
  findings& out_;
  std::size_t index_ = 0;
  loaded_edges loaded_;
};

} // namespace

std::optional<endpoint> parse_endpoint(std::string_view text) {
  text = trim(text);
  const auto dot = text.find('.');
  const auto node = text.substr(0, dot);
  if (node.empty() || node.find_first_of(" \t\r\n") != std::string_view::npos)
    return std::nullopt;
  if (dot == std::string_view::npos)
    return endpoint{std::string(node)};
  const auto port = text.substr(dot + 1);
  if (port.empty() || port.find_first_of(". \t\r\n") != std::string_view::npos)
    return std::nullopt;
  return endpoint{std::string(node), std::string(port)};
}

std::vector<config_value> split_chain(const config_value& text) {
  constexpr std::string_view arrow = "->";
  const std::string_view all = text.text();
  std::vector<config_value> parts;
  for (std::size_t start = 0; start != std::string_view::npos;) {
    const auto end = all.find(arrow, start);
    const auto part = trim(all.substr(start, end == std::string_view::npos ? end : end - start));
    const auto offset = part.empty() ? start : static_cast<std::size_t>(part.data() - all.data());
    parts.push_back(config_value::scalar(std::string(part), false, position_of(text, offset)));
    start = end == std::string_view::npos ? end : end + arrow.size();
  }
  return parts;
}

config_value edge_map(const config_value& from, const config_value& to) {
  return config_value::map({{"from", from.position(), from}, {"to", to.position(), to}}, from.position());
}

loaded_edges load_edges(const config_value& list, const std::string& path, findings& out) {
  return edge_list(path, out).load(list);
}

} // namespace sluice
