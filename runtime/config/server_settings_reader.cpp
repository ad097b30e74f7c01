#include "runtime/config/server_settings_reader.hpp"

#include "model/config/map_reader.hpp"
#include "model/config/quantity.hpp"
#include "runtime/config/server_setting.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace sluice {

namespace {

using flow_settings = server_settings::flow_settings;

/// Reads one configuration file, section by section as the table has them.
class file_reader {
public:
  explicit file_reader(settings_draft& out) : out_(out) {}

  void read(const config_value& root) {
    map_reader reader(root, {}, out_.found);
    if (const auto version = reader.text("version"); version && parse_integer(*version) != 1)
      reader.report(finding_code::bad_value, "version",
                    fmt::format("version '{}' is unknown; this program reads version 1", *version));
    read_section(reader, {});
  }

private:
  /// `prefix`: of the names of the section's settings, `http.tls.`; empty at the top.
  void read_section(map_reader& reader, const std::string& prefix) {
    std::string last;
    for (const auto& setting : server_setting_table()) {
      if (!setting.name.starts_with(prefix))
        continue;
      const auto rest = setting.name.substr(prefix.size());
      const auto dot = rest.find('.');
      if (dot == std::string_view::npos)
        read_setting(reader, rest, setting);
      else if (const std::string section(rest.substr(0, dot)); section != last)
        read_inner(reader, last = section, prefix + section + ".");
    }
    reader.refuse_unknown();
  }

  void read_inner(map_reader& reader, const std::string& section, const std::string& prefix) {
    const auto* const map = reader.map(section);
    if (map == nullptr)
      return;
    map_reader inner(*map, reader.path_of(section), out_.found);
    read_section(inner, prefix);
  }

  void read_setting(map_reader& reader, std::string_view name, const server_setting& setting) {
    const auto* const value = reader.value(name);
    if (value == nullptr)
      return;
    if (setting.name == "flows")
      return read_flows(*value, setting);
    const auto complaint = take(*value, setting);
    if (complaint)
      reader.report_at(finding_code::bad_value, name, *complaint, value->position());
    else
      note(setting, value->position());
  }

  std::optional<std::string> take(const config_value& value, const server_setting& setting) {
    if (value.is_scalar())
      return assign(setting, out_.settings, value.text());
    if (!value.is_list())
      return fmt::format("expected {}, found {}", describe_value(setting), value.describe());
    std::vector<std::string> items;
    for (const auto& item : value.items()) {
      if (!item.is_scalar())
        return fmt::format("expected a list of texts, found {} in it", item.describe());
      items.push_back(item.text());
    }
    return assign(setting, out_.settings, std::move(items));
  }

  void read_flows(const config_value& list, const server_setting& setting) {
    if (!list.is_list()) {
      out_.found.push_back({finding::level::error, finding_code::bad_value, "flows",
                            fmt::format("expected a list, found {}", list.describe()), list.position()});
      return;
    }
    note(setting, list.position());
    for (std::size_t i = 0; i < list.items().size(); ++i)
      read_flow(list.items()[i], fmt::format("flows[{}]", i));
  }

  void read_flow(const config_value& item, const std::string& path) {
    if (!item.is_map()) {
      out_.found.push_back({finding::level::error, finding_code::bad_value, path,
                            fmt::format("expected a map, as in {{ name: clean, file: clean.yaml }}, found {}",
                                        item.describe()),
                            item.position()});
      return;
    }
    map_reader reader(item, path, out_.found);
    const auto name = reader.text("name");
    const auto file = reader.text("file");
    reader.refuse_unknown();
    if (!file || file->empty()) {
      reader.report_at(finding_code::bad_value, "file", "a flow needs a file with its graph",
                       item.position());
      return;
    }
    flow_settings flow{name.value_or(""), *file};
    if (flow.name.empty())
      flow.name = flow.file.stem().native();
    out_.settings.flows.push_back(std::move(flow));
  }

  void note(const server_setting& setting, source_position at) {
    out_.origins[std::string(setting.name)] = {setting_origin::layer::file, {}, at};
  }

  settings_draft& out_;
};

} // namespace

void settings_draft::report(std::string_view name, std::string text, finding::level severity) {
  finding one{severity, finding_code::bad_value, std::string(name), std::move(text), {}};
  if (const auto* const origin = origin_of(name)) {
    one.position = origin->position;
    if (!origin->variable.empty())
      one.path = origin->variable;
  }
  found.push_back(std::move(one));
}

void read_server_settings(const config_value& root, settings_draft& out) {
  if (root.is_null())
    return; // an empty file: everything has its default
  if (!root.is_map()) {
    out.found.push_back({finding::level::error, finding_code::bad_value, "",
                         fmt::format("expected a map of settings, found {}", root.describe()),
                         root.position()});
    return;
  }
  file_reader(out).read(root);
}

} // namespace sluice
