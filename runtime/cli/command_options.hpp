#pragma once

#include "model/base/uuid.hpp"
#include "runtime/cli/http_server_arguments.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace sluice {

/// Options that several commands have, each with its check. What they bind to must outlive the parser.

CLI::Option* add_choice(CLI::App& command, const char* name, std::vector<std::string> choices,
                        std::function<void(const std::string&)> keep, const char* description);
CLI::Option* add_duration(CLI::App& command, const char* name, std::chrono::nanoseconds& value,
                          const char* description);
/// A whole number from `least` on.
CLI::Option* add_count(CLI::App& command, const char* name, std::optional<std::uint64_t>& value,
                       std::uint64_t least, const char* description);
/// A moment as `resolve_moment` takes it.
CLI::Option* add_moment(CLI::App& command, const char* name, std::string& value, const char* description);
/// A run's id; `name` may be positional.
CLI::Option* add_run_id(CLI::App& command, const char* name, std::function<void(const uuid&)> keep,
                        const char* description);
/// A lane, as `lane` or `env/lane`; `name` may be positional.
CLI::Option* add_lane(CLI::App& command, const char* name, std::string& value, const char* description);

/// `--db`.
CLI::Option* add_database(CLI::App& command, std::string& file);
/// `--url`, `--token-file` and `--ca-file`.
CLI::Option* add_server(CLI::App& command, server_arguments& server);
/// `--db`, or else what `add_server` adds: one of them.
void add_database_or_server(CLI::App& command, std::string& file, server_arguments& server);
/// `--output` and `--json`; nothing: as `shows_json` decides.
void add_output(CLI::App& command, std::optional<bool>& json);
/// `--output`, text unless told otherwise.
void add_output(CLI::App& command, bool& json);
/// `--log-level` and `--log-format`.
void add_log(CLI::App& command, std::string& level, std::optional<std::string>& format);
/// `--by`.
void add_by(CLI::App& command, std::string& by);

} // namespace sluice
