#include "nodes/io/io_options.hpp"

#include "model/base/defaults.hpp"

namespace sluice {

option_spec line_limit_option() {
  static_assert(defaults::line_limit == std::size_t{1} << 20, "the default is written out below");
  return {.name = "line_limit",
          .kind = option_kind::size,
          .default_value = "1MiB",
          .description =
              "The longest line, in bytes; a longer one is reported as `line_too_long` and skipped.",
          .minimum = 1,
          .maximum = 1 << 30};
}

std::size_t line_limit_of(const options& given) {
  return static_cast<std::size_t>(given.get_size("line_limit"));
}

option_spec format_option() {
  return {.name = "format",
          .kind = option_kind::choice,
          .default_value = "text",
          .description = "`text`: text as it is and anything else as compact JSON; `json`: every message as "
                         "one JSON value, so text becomes a quoted string.",
          .choices = {"json", "text"}};
}

line_format format_of(const options& given) {
  return given.get_string("format") == "json" ? line_format::json : line_format::text;
}

option_spec command_option() {
  return {.name = "command",
          .kind = option_kind::string_list,
          .required = true,
          .description =
              "The program, looked up in PATH, and its arguments, one per item; no shell reads them."};
}

std::vector<std::string> command_of(const options& given) {
  auto command = given.get_string_list("command");
  if (command.empty() || command.front().empty())
    throw option_error("command",
                       "the command is empty; give the program and its arguments, e.g. [tail, -F, app.log]");
  for (const auto& word : command)
    if (word.find('\0') != std::string::npos)
      throw option_error("command", "an argument contains a NUL byte, which no program can be given");
  return command;
}

option_spec grace_option() {
  return {.name = "grace",
          .kind = option_kind::duration,
          .default_value = "2s",
          .description = "Time between asking the command to end (SIGTERM) and killing it (SIGKILL).",
          .minimum = 0,
          .maximum = 600e9};
}

std::string path_of(const options& given) {
  auto path = given.get_string("path");
  if (path.empty() || path.find('\0') != std::string::npos)
    throw option_error("path", "the path is empty or contains a NUL byte; give the path of a file");
  return path;
}

port_spec any_input() {
  return {input_port, port_type::any(), "What to write; error messages are written too."};
}

port_spec line_output() {
  return {output_port, port_type::of<text>(), "One line, without its line end."};
}

} // namespace sluice
