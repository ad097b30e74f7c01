#include "model/config/suggestion.hpp"
#include "runtime/config/server_setting.hpp"
#include "runtime/config/server_settings_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

namespace sluice {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_boolean(const server_setting& setting) {
  return std::holds_alternative<bool& (*)(server_settings&)>(setting.place) ||
         std::holds_alternative<std::optional<bool>& (*)(server_settings&)>(setting.place);
}

/// Unit files and containers write booleans in many ways; `worker_gate` takes the same.
std::string as_written_in_a_file(const server_setting& setting, const std::string& value) {
  if (!is_boolean(setting))
    return value;
  const auto word = lower(value);
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (is_one_of({"true", "1", "yes", "on"}))
    return "true";
  return is_one_of({"false", "0", "no", "off"}) ? "false" : value;
}

void report_unknown(const std::string& variable, const std::vector<std::string>& known, findings& out) {
  out.push_back({finding::level::warning,
                 finding_code::unknown_option,
                 variable,
                 fmt::format("no setting has this variable, so it does nothing{}", suggest(variable, known)),
                 {}});
}

} // namespace

void override_server_settings(const environment_map& variables, settings_draft& out) {
  std::vector<std::string> known(other_variables().begin(), other_variables().end());
  for (const auto& setting : server_setting_table()) {
    const auto variable = variable_of(setting);
    if (variable.empty())
      continue;
    known.push_back(variable);
    const auto found = variables.find(variable);
    if (found == variables.end() || found->second.empty())
      continue;
    if (auto complaint = assign(setting, out.settings, as_written_in_a_file(setting, found->second)))
      out.found.push_back(
          {finding::level::error, finding_code::bad_value, variable, std::move(*complaint), {}});
    else
      out.origins[std::string(setting.name)] = {setting_origin::layer::environment, variable, {}};
  }
  constexpr std::string_view family = "SLUICE_";
  for (auto one = variables.lower_bound(family); one != variables.end() && one->first.starts_with(family);
       ++one)
    if (std::find(known.begin(), known.end(), one->first) == known.end())
      report_unknown(one->first, known, out.found);
}

} // namespace sluice
