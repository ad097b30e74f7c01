#include "runtime/config/server_setting.hpp"

#include "model/config/options.hpp"
#include "model/config/quantity.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace sluice {

namespace {

using std::chrono::milliseconds;
using complaint = std::optional<std::string>;
using flow_list = std::vector<server_settings::flow_settings>;

template <class Type>
using place_in_settings = Type& (*)(server_settings&);

template <class Type>
bool is_a(const server_setting& setting) {
  return std::holds_alternative<place_in_settings<Type>>(setting.place);
}

/// Calls `use` with the setting's place in `in`.
template <class Use>
auto with_place(const server_setting& setting, server_settings& in, Use&& use) {
  return std::visit([&](auto* place) { return use(place(in)); }, setting.place);
}

/// A place gives a reference that could be written through; nobody here does.
template <class Use>
auto with_place(const server_setting& setting, const server_settings& in, Use&& use) {
  return std::visit([&](auto* place) { return use(std::as_const(place(const_cast<server_settings&>(in)))); },
                    setting.place);
}

std::string show_size(std::uint64_t bytes) {
  for (const auto& [shift, unit] : {std::pair{30, "GiB"}, std::pair{20, "MiB"}, std::pair{10, "KiB"}})
    if (bytes != 0 && bytes % (std::uint64_t{1} << shift) == 0)
      return fmt::format("{}{}", bytes >> shift, unit);
  return fmt::format("{}", bytes);
}

std::string show_duration(std::uint64_t count) {
  for (const auto& [length, unit] :
       {std::pair{3'600'000, "h"}, std::pair{60'000, "m"}, std::pair{1'000, "s"}})
    if (count != 0 && count % static_cast<std::uint64_t>(length) == 0)
      return fmt::format("{}{}", count / static_cast<std::uint64_t>(length), unit);
  return fmt::format("{}ms", count);
}

std::string show_number(const server_setting& setting, std::uint64_t number) {
  if (is_a<milliseconds>(setting))
    return show_duration(number);
  return setting.is_size ? show_size(number) : fmt::format("{}", number);
}

std::vector<std::string> choices_of(const server_setting& setting) {
  std::vector<std::string> choices;
  for (const auto one : setting.choices)
    if (!one.empty())
      choices.emplace_back(one);
  return choices;
}

/// Returns the number that `text` is, in the setting's own unit, when it is within bounds.
std::optional<std::uint64_t> read_number(const server_setting& setting, std::string_view text) {
  std::optional<std::uint64_t> number;
  if (is_a<milliseconds>(setting)) {
    const auto time = parse_duration(text);
    if (time && *time % milliseconds{1} == std::chrono::nanoseconds::zero())
      number = static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(*time).count());
  } else if (setting.is_size) {
    number = parse_size(text);
  } else if (const auto whole = parse_integer(text); whole && *whole >= 0) {
    number = static_cast<std::uint64_t>(*whole);
  }
  return number && *number >= setting.least && *number <= setting.most ? number : std::nullopt;
}

complaint misfit(const server_setting& setting, std::string_view text) {
  return fmt::format("'{}' is not {}", text, describe_value(setting));
}

/// A number, or several kinds of place that hold one.
template <class Target>
complaint take_number(Target& target, const server_setting& setting, std::string_view text) {
  const auto number = read_number(setting, text);
  if (!number)
    return misfit(setting, text);
  if constexpr (std::is_same_v<Target, milliseconds>)
    target = milliseconds{static_cast<milliseconds::rep>(*number)};
  else
    target = *number;
  return {};
}

template <class Target>
complaint take_boolean(Target& target, const server_setting& setting, std::string_view text) {
  const auto value = parse_boolean(text);
  if (!value)
    return misfit(setting, text);
  target = *value;
  return {};
}

/// A control character would end in logs, headers and names of files.
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  });
}

complaint take_text(std::string& target, const server_setting& setting, std::string_view text) {
  const auto choices = choices_of(setting);
  // What is wrong with a secret is not shown either.
  if (has_control(text))
    return "this has a line feed or another control character in it";
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
    return fmt::format("'{}' is not {}{}", text, describe_value(setting), suggest(text, choices));
  target = text;
  return {};
}

complaint take_path(std::filesystem::path& target, std::string_view text) {
  if (has_control(text))
    return "this has a line feed or another control character in it";
  target = text;
  return {};
}

std::vector<std::string> split_items(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    auto item = text.substr(0, end);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' '))
      item.remove_suffix(1);
    if (!item.empty())
      items.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

config_value written_text(const std::string& text) {
  return text.empty() ? config_value::null() : config_value::scalar(text, true);
}

config_value written_flow(const server_settings::flow_settings& one) {
  return config_value::map({{"name", {}, config_value::scalar(one.name, true)},
                            {"file", {}, config_value::scalar(one.file.native(), true)}});
}

/// Each kind of place as it is written.
struct writer {
  const server_setting& setting;

  config_value operator()(const std::string& text) const { return written_text(text); }
  config_value operator()(const std::filesystem::path& path) const { return written_text(path.native()); }
  config_value operator()(bool value) const { return config_value::scalar(value ? "true" : "false"); }
  config_value operator()(const std::optional<bool>& value) const {
    return value ? (*this)(*value) : config_value::null();
  }
  config_value operator()(std::size_t number) const {
    return config_value::scalar(show_number(setting, number));
  }
  config_value operator()(const std::optional<std::uint64_t>& number) const {
    return number ? (*this)(*number) : config_value::null();
  }
  config_value operator()(milliseconds time) const {
    return config_value::scalar(show_number(setting, static_cast<std::uint64_t>(time.count())));
  }
  config_value operator()(const std::vector<std::string>& items) const {
    std::vector<config_value> list;
    for (const auto& item : items)
      list.push_back(config_value::scalar(item, true));
    return config_value::list(std::move(list));
  }
  config_value operator()(const flow_list& flows) const {
    std::vector<config_value> list;
    for (const auto& one : flows)
      list.push_back(written_flow(one));
    return config_value::list(std::move(list));
  }
};

} // namespace

std::string variable_of(const server_setting& setting) {
  if (is_a<flow_list>(setting))
    return {};
  constexpr std::string_view unnamed_section = "security.";
  auto name = setting.name;
  if (name.starts_with(unnamed_section))
    name.remove_prefix(unnamed_section.size());
  std::string variable = "SLUICE_";
  for (const char c : name)
    variable += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

std::string describe_value(const server_setting& setting) {
  if (const auto choices = choices_of(setting); !choices.empty())
    return fmt::format("one of {}", fmt::join(choices, ", "));
  if (is_a<std::string>(setting))
    return "text";
  if (is_a<std::filesystem::path>(setting))
    return setting.is_directory ? "a directory" : "a file";
  if (is_a<bool>(setting) || is_a<std::optional<bool>>(setting))
    return std::string(describe(option_kind::boolean));
  if (is_a<std::vector<std::string>>(setting))
    return "a list of texts";
  if (is_a<flow_list>(setting))
    return "a list of maps";
  const char* const kind = is_a<milliseconds>(setting) ? "a duration"
                           : setting.is_size           ? "a size"
                                                       : "a whole number";
  if (setting.most >= static_cast<std::uint64_t>(INT64_MAX))
    return fmt::format("{} from {} on", kind, show_number(setting, setting.least));
  return fmt::format("{} from {} to {}", kind, show_number(setting, setting.least),
                     show_number(setting, setting.most));
}

complaint assign(const server_setting& setting, server_settings& in, std::string_view text) {
  return with_place(setting, in, [&](auto& target) -> complaint {
    using kind = std::remove_reference_t<decltype(target)>;
    if constexpr (std::is_same_v<kind, std::string>)
      return take_text(target, setting, text);
    else if constexpr (std::is_same_v<kind, std::filesystem::path>)
      return take_path(target, text);
    else if constexpr (std::is_same_v<kind, bool> || std::is_same_v<kind, std::optional<bool>>)
      return take_boolean(target, setting, text);
    else if constexpr (std::is_same_v<kind, std::vector<std::string>>)
      return assign(setting, in, split_items(text));
    else if constexpr (std::is_same_v<kind, flow_list>)
      return misfit(setting, text);
    else
      return take_number(target, setting, text);
  });
}

complaint assign(const server_setting& setting, server_settings& in, std::vector<std::string> items) {
  const auto* const place = std::get_if<place_in_settings<std::vector<std::string>>>(&setting.place);
  if (place == nullptr)
    return fmt::format("a list is not {}", describe_value(setting));
  if (std::any_of(items.begin(), items.end(), [](const std::string& one) { return has_control(one); }))
    return "this has a line feed or another control character in it";
  (*place)(in) = std::move(items);
  return {};
}

config_value written(const server_setting& setting, const server_settings& in) {
  return with_place(setting, in, writer{setting});
}

bool same_value(const server_setting& setting, const server_settings& a, const server_settings& b) {
  return with_place(setting, a, [&](const auto& left) {
    return with_place(setting, b, [&](const auto& right) {
      if constexpr (std::is_same_v<decltype(left), decltype(right)>)
        return left == right;
      else
        return false;
    });
  });
}

void copy_value(const server_setting& setting, const server_settings& from, server_settings& to) {
  std::visit([&](auto* place) { place(to) = place(const_cast<server_settings&>(from)); }, setting.place);
}

} // namespace sluice
