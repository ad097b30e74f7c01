#pragma once

#include "model/config/config_value.hpp"
#include "runtime/config/server_settings.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

/// Where a setting stands in `server_settings`; its type says what the setting takes.
using setting_place =
    std::variant<std::string& (*)(server_settings&), std::filesystem::path& (*)(server_settings&),
                 bool& (*)(server_settings&), std::optional<bool>& (*)(server_settings&),
                 std::size_t& (*)(server_settings&), std::optional<std::uint64_t>& (*)(server_settings&),
                 std::chrono::milliseconds& (*)(server_settings&),
                 std::vector<std::string>& (*)(server_settings&),
                 std::vector<server_settings::flow_settings>& (*)(server_settings&)>;

/// One setting of `sluice serve`. The reader of the file, the variables that override it, `sluice config
/// show`, SIGHUP and the test of docs/configuration.md all go by this.
struct server_setting {
  /// Its path in the file: `http.listen`.
  std::string_view name;
  setting_place place;
  /// For people: one or two sentences, with the unit.
  std::string_view meaning;
  /// For numbers: both included. Sizes in bytes, durations in milliseconds.
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  /// A number of bytes, as in `64KiB`.
  bool is_size = false;
  /// A path to a directory instead of a file.
  bool is_directory = false;
  /// The only values that it takes, if any are given.
  std::array<std::string_view, 4> choices = {};
  /// Never shown.
  bool is_secret = false;
  /// May change while the server runs (SIGHUP).
  bool is_live = false;
};

/// Every setting, in the order in which they are shown; those of one section stand together.
std::span<const server_setting> server_setting_table() noexcept;
/// Returns the setting called `name`, or nullptr.
const server_setting* find_server_setting(std::string_view name) noexcept;

/// Returns the variable that overrides it: `SLUICE_` and its path in capitals, with `_` for each dot, but
/// without the section `security`: SLUICE_HTTP_LISTEN, SLUICE_ADMIN_TOKEN. Empty: none does.
std::string variable_of(const server_setting& setting);

/// Returns what it takes, for people: "text", "a file", "a duration from 100ms to 1h", "one of text, json".
std::string describe_value(const server_setting& setting);

/// Sets it to what a person wrote as a single value. Returns what is wrong with that, and changes nothing
/// then; nothing when all is well. Lists take the items of `text` between commas.
std::optional<std::string> assign(const server_setting& setting, server_settings& in, std::string_view text);
/// Sets a list.
std::optional<std::string> assign(const server_setting& setting, server_settings& in,
                                  std::vector<std::string> items);

/// Returns the value as it would be written; null: not set. Text is a quoted scalar, all else is not. A
/// secret is written like the rest: who shows it looks at `is_secret`.
config_value written(const server_setting& setting, const server_settings& in);
bool same_value(const server_setting& setting, const server_settings& a, const server_settings& b);
/// Copies the value of one setting.
void copy_value(const server_setting& setting, const server_settings& from, server_settings& to);

} // namespace sluice
