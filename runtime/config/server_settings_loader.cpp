#include "runtime/config/server_settings_loader.hpp"

#include "model/base/error.hpp"
#include "model/config/yaml_document.hpp"
#include "runtime/config/environment.hpp"
#include "runtime/config/server_secret_file.hpp"
#include "runtime/config/text_file.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice {

namespace {

bool is_variable(const finding& one) {
  return one.path.starts_with("SLUICE_");
}

/// A server's file may be empty, or have comments only: everything has a default.
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

void read_file(const server_settings_input& input, settings_draft& draft) {
  if (input.file.empty() || is_blank(input.text))
    return;
  auto document = read_yaml(input.text);
  draft.found = std::move(document.found);
  const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = input.environment.find(name);
    return found == input.environment.end() ? std::nullopt : std::optional(found->second);
  };
  read_server_settings(substitute_environment(document.root, lookup, draft.found), draft);
}

void sort_findings(findings& found) {
  const auto rank = [](const finding& one) {
    return std::make_tuple(is_variable(one), one.position.line, one.position.column);
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const finding& a, const finding& b) { return rank(a) < rank(b); });
}

} // namespace

finding loaded_server_settings::located(finding one) const {
  const auto origin = origins.find(one.path);
  if (one.position.known() || origin == origins.end())
    return one;
  one.position = origin->second.position;
  if (!origin->second.variable.empty())
    one.path = origin->second.variable;
  return one;
}

std::string loaded_server_settings::show(const finding& one) const {
  const auto placed = located(one);
  return to_string(placed, is_variable(placed) ? "environment" : file);
}

loaded_server_settings load_server_settings(const server_settings_input& input) {
  settings_draft draft;
  read_file(input, draft);
  override_server_settings(input.environment, draft);
  read_secrets(input.read_secret, draft);
  check_server_settings(draft);
  sort_findings(draft.found);
  return {input.file, std::move(draft.settings), std::move(draft.origins), std::move(draft.found)};
}

loaded_server_settings load_server_settings(const std::optional<std::string>& file,
                                            const environment_map& environment) {
  server_settings_input input{file.value_or(""), {}, environment, read_secret_file};
  std::optional<finding> unread;
  try {
    if (file)
      input.text = read_text_file(*file);
  } catch (const error& failed) {
    unread = {finding::level::error, finding_code::syntax, "", failed.what(), {}};
  }
  auto loaded = load_server_settings(input);
  if (unread)
    loaded.found.insert(loaded.found.begin(), std::move(*unread));
  return loaded;
}

} // namespace sluice
