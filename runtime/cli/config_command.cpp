#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/config/server_setting.hpp"
#include "runtime/config/server_settings_loader.hpp"
#include "runtime/config/server_settings_yaml.hpp"
#include "runtime/server/serving_check.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

std::string dump(const document& value, int indent) {
  return value.dump(indent, ' ', false, document::error_handler_t::replace) + "\n";
}

/// Returns a value as JSON: numbers and booleans as such; sizes and durations as they are written.
document as_json(const config_value& value) {
  if (value.is_list()) {
    auto list = document::array();
    for (const auto& item : value.items())
      list.push_back(as_json(item));
    return list;
  }
  if (value.is_map()) {
    auto map = document::object();
    for (const auto& member : value.members())
      map[member.name] = as_json(member.value);
    return map;
  }
  if (value.is_null())
    return nullptr;
  const auto plain = value.is_quoted() ? document() : document::parse(value.text(), nullptr, false);
  return plain.is_number() || plain.is_boolean() ? plain : document(value.text());
}

document describe(const server_setting& setting, const loaded_server_settings& loaded) {
  const auto value = written(setting, loaded.settings);
  document result{{"value", setting.is_secret && !value.is_null() ? document(hidden_secret) : as_json(value)},
                  {"from", describe_origin(setting, loaded)},
                  {"default", as_json(written(setting, {}))},
                  {"takes", describe_value(setting)},
                  {"live", setting.is_live},
                  {"variable", nullptr},
                  {"meaning", setting.meaning}};
  if (const auto variable = variable_of(setting); !variable.empty())
    result["variable"] = variable;
  return result;
}

std::string settings_json(const loaded_server_settings& loaded) {
  document result{{"file", nullptr}, {"settings", document::object()}};
  if (!loaded.file.empty())
    result["file"] = loaded.file;
  for (const auto& setting : server_setting_table())
    result["settings"][std::string(setting.name)] = describe(setting, loaded);
  return dump(result, 2);
}

std::string show_findings(const loaded_server_settings& loaded) {
  std::string lines;
  for (const auto& one : loaded.found)
    lines += loaded.show(one) + "\n";
  return lines;
}

int show(const config_arguments& arguments, cli_streams& streams) {
  const auto loaded = load_server_settings(arguments.file, streams.variables);
  streams.err << show_findings(loaded);
  if (has_errors(loaded.found))
    return exit_status::configuration;
  streams.out << (arguments.json ? settings_json(loaded) : server_settings_yaml(loaded));
  return exit_status::success;
}

document describe(const finding& one) {
  document result{{"severity", one.is_error() ? "error" : "warning"},
                  {"code", one.code},
                  {"path", one.path},
                  {"text", one.text}};
  if (one.position.known()) {
    result["line"] = one.position.line;
    result["column"] = one.position.column;
  }
  return result;
}

std::string findings_json(const loaded_server_settings& loaded) {
  document result{
      {"valid", !has_errors(loaded.found)}, {"file", loaded.file}, {"findings", document::array()}};
  for (const auto& one : loaded.found)
    result["findings"].push_back(describe(loaded.located(one)));
  return dump(result, -1);
}

std::string verdict(const loaded_server_settings& loaded) {
  const auto errors = std::count_if(loaded.found.begin(), loaded.found.end(),
                                    [](const finding& one) { return one.is_error(); });
  const auto warnings = static_cast<std::ptrdiff_t>(loaded.found.size()) - errors;
  const auto counted = [](std::ptrdiff_t number, const char* thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
  };
  if (errors > 0)
    return fmt::format("{}: {}, {}\n", loaded.file, counted(errors, "error"), counted(warnings, "warning"));
  return fmt::format("{}: valid{}\n", loaded.file, warnings > 0 ? ": " + counted(warnings, "warning") : "");
}

int validate(const config_arguments& arguments, cli_streams& streams) {
  auto loaded = load_server_settings(arguments.file, streams.variables);
  check_serving(loaded.settings, loaded.found);
  streams.out << (arguments.json ? findings_json(loaded) : show_findings(loaded) + verdict(loaded));
  return has_errors(loaded.found) ? exit_status::configuration : exit_status::success;
}

} // namespace

int execute(const config_arguments& arguments, const node_catalog&, cli_streams& streams) {
  return arguments.action == config_action::show ? show(arguments, streams) : validate(arguments, streams);
}

} // namespace sluice
