#include "runtime/config/server_settings_yaml.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

namespace sluice {

namespace {

constexpr std::size_t line_width = 100;

std::string double_quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c;
  }
  return result + '"';
}

/// Text goes into the file as text: `${` would be taken for a variable when it is read again.
std::string escape_variables(std::string text) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 3))
    text.insert(at, 1, '$');
  return text;
}

std::vector<std::string_view> split_name(std::string_view name) {
  std::vector<std::string_view> parts;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    parts.push_back(name.substr(0, dot));
    name.remove_prefix(dot + 1);
  }
  parts.push_back(name);
  return parts;
}

/// Puts a file together, line by line.
class yaml_page {
public:
  explicit yaml_page(const loaded_server_settings& loaded) : loaded_(loaded) {
    text_ =
        "# The settings in force, as `sluice config show` found them. Secrets are left out.\nversion: 1\n";
  }

  void add(const server_setting& setting) {
    const auto parts = split_name(setting.name);
    open_sections(parts);
    const std::string margin((parts.size() - 1) * 2, ' ');
    add_comment(margin, fmt::format("{} Takes {}{}. From: {}.", setting.meaning, describe_value(setting),
                                    setting.is_live ? "; can change while running" : "",
                                    describe_origin(setting, loaded_)));
    const auto value = written(setting, loaded_.settings);
    if (setting.is_secret && !value.is_null())
      text_ += fmt::format("{}# {}: {}\n", margin, parts.back(), hidden_secret);
    else
      text_ += fmt::format("{}{}: {}\n", margin, parts.back(), inline_yaml(value));
  }

  std::string text() && { return std::move(text_); }

private:
  void open_sections(const std::vector<std::string_view>& parts) {
    std::vector<std::string_view> sections(parts.begin(), parts.end() - 1);
    std::size_t same = 0;
    while (same < sections.size() && same < open_.size() && sections[same] == open_[same])
      ++same;
    for (; same < sections.size(); ++same)
      text_ += fmt::format("{}{}{}:\n", same == 0 ? "\n" : "", std::string(same * 2, ' '), sections[same]);
    if (sections.empty())
      text_ += '\n';
    open_ = std::move(sections);
  }

  void add_comment(const std::string& margin, std::string_view comment) {
    while (!comment.empty()) {
      const auto room = line_width - margin.size() - 2;
      auto end = comment.size();
      if (end > room)
        end = comment.rfind(' ', room);
      if (end == std::string_view::npos)
        end = std::min(comment.find(' '), comment.size());
      text_ += fmt::format("{}# {}\n", margin, comment.substr(0, end));
      comment.remove_prefix(std::min(end + 1, comment.size()));
    }
  }

  const loaded_server_settings& loaded_;
  std::string text_;
  std::vector<std::string_view> open_;
};

std::string inline_list(const config_value& list) {
  std::string items;
  for (const auto& item : list.items())
    items += (items.empty() ? "" : ", ") + inline_yaml(item);
  return fmt::format("[{}]", items);
}

std::string inline_map(const config_value& map) {
  std::string members;
  for (const auto& member : map.members())
    members += fmt::format("{}{}: {}", members.empty() ? "" : ", ", member.name, inline_yaml(member.value));
  return fmt::format("{{{}}}", members);
}

} // namespace

std::string inline_yaml(const config_value& value) {
  if (value.is_list())
    return inline_list(value);
  if (value.is_map())
    return inline_map(value);
  if (value.is_scalar())
    return value.is_quoted() ? double_quoted(escape_variables(value.text())) : value.text();
  return "null";
}

std::string describe_origin(const server_setting& setting, const loaded_server_settings& loaded) {
  const auto found = loaded.origins.find(setting.name);
  if (found == loaded.origins.end()) {
    const auto file = loaded.origins.find(fmt::format("{}_file", setting.name));
    const bool from_file = setting.is_secret && file != loaded.origins.end();
    return from_file ? fmt::format("{}_file", setting.name) : "default";
  }
  if (!found->second.variable.empty())
    return found->second.variable;
  return fmt::format("{}:{}", loaded.file, found->second.position.line);
}

std::string server_settings_yaml(const loaded_server_settings& loaded) {
  yaml_page page(loaded);
  for (const auto& setting : server_setting_table())
    page.add(setting);
  return std::move(page).text();
}

} // namespace sluice
