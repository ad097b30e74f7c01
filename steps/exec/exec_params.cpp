#include "steps/exec/exec_params.hpp"

#include "model/run/json_members.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice {

namespace {

using detail::step_params;

constexpr std::array<std::string_view, 5> reserved = {"SLUICE_RUN_ID", "SLUICE_STEP", "SLUICE_ATTEMPT",
                                                      "SLUICE_IDEMPOTENCY_TOKEN", "SLUICE_FENCING_TOKEN"};

bool has_zero_byte(std::string_view text) noexcept {
  return text.find('\0') != text.npos;
}

bool is_variable_name(std::string_view name) noexcept {
  return !name.empty() && name.find('=') == name.npos && !has_zero_byte(name);
}

void read_argv(step_params& from, exec_params& read) {
  constexpr std::string_view wanted = "a list with the program and its arguments, such as [\"ls\", \"-l\"]";
  const auto* const list = from.require("argv", wanted);
  if (list == nullptr)
    return;
  if (list->is_array() && list->empty())
    return from.report_wanted("argv", *list, wanted);
  if (!from.read_texts("argv", wanted, read.argv))
    return;
  if (read.argv.front().empty())
    from.report_at(item_path(from.path_of("argv"), 0), "it is empty; expected a program or its path");
  for (std::size_t i = 0; i < read.argv.size(); ++i)
    if (has_zero_byte(read.argv[i]))
      from.report_at(item_path(from.path_of("argv"), i),
                     "an argument cannot have a zero byte in it; leave it out");
}

void read_cwd(step_params& from, exec_params& read) {
  if (!from.read_text("cwd", read.cwd))
    return;
  if (read.cwd.empty() || read.cwd.front() != '/' || has_zero_byte(read.cwd))
    from.report_wanted("cwd", *from.find("cwd"), "the absolute path of a folder, such as \"/tmp\"");
}

void read_env(step_params& from, exec_params& read) {
  from.read_text_members("env", "an object of names and their values", read.env);
  for (const auto& [name, value] : read.env) {
    const auto path = member_path(from.path_of("env"), name);
    if (!is_variable_name(name))
      from.report_at(path, "it cannot name a variable: use at least one character, and no '='");
    else if (std::find(reserved.begin(), reserved.end(), name) != reserved.end())
      from.report_at(path, fmt::format("Sluice sets {} itself; choose another name", name));
    if (has_zero_byte(value))
      from.report_at(path, "a value cannot have a zero byte in it; leave it out");
  }
}

void read_inherited(step_params& from, exec_params& read) {
  from.read_texts("inherit_env", "a list of names of variables", read.inherit_env);
  for (std::size_t i = 0; i < read.inherit_env.size(); ++i)
    if (!is_variable_name(read.inherit_env[i]))
      from.report_at(item_path(from.path_of("inherit_env"), i),
                     "it cannot name a variable: use at least one character, and no '='");
}

void read_success_codes(step_params& from, exec_params& read) {
  constexpr std::string_view wanted = "a list of exit statuses from 0 to 255";
  const auto* const list = from.find("success_codes");
  if (list == nullptr)
    return;
  if (!list->is_array() || list->empty())
    return from.report_wanted("success_codes", *list, wanted);
  read.success_codes.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& code = (*list)[i];
    if (from.is_open(code))
      continue;
    if (code.is_number_integer() && code >= 0 && code <= 255)
      read.success_codes.push_back(code.get<int>());
    else
      from.report_at(item_path(from.path_of("success_codes"), i),
                     fmt::format("expected a number from 0 to 255, found {}", detail::excerpt(code)));
  }
}

std::string_view name_of(std::string_view variable) noexcept {
  return variable.substr(0, variable.find('='));
}

void set(std::vector<std::string>& environment, std::string_view name, std::string_view value) {
  std::erase_if(environment, [&](const std::string& variable) { return name_of(variable) == name; });
  environment.push_back(fmt::format("{}={}", name, value));
}

} // namespace

exec_params read_exec_params(const json& params, const std::string& path, detail::references stage,
                             findings& out) {
  exec_params read;
  step_params from(params, path,
                   {"argv", "cwd", "env", "inherit_env", "stdin", "output_limit", "success_codes", "trim"},
                   stage, out);
  read_argv(from, read);
  read_cwd(from, read);
  read_env(from, read);
  read_inherited(from, read);
  if (std::string input; from.read_text("stdin", input))
    read.input = std::move(input);
  from.read_size("output_limit", exec_output_limit, read.output_limit);
  read_success_codes(from, read);
  from.read_flag("trim", read.trim);
  return read;
}

std::vector<std::string> exec_environment(const exec_params& params, const attempt_token& token,
                                          const char* const* worker) {
  std::vector<std::string> environment;
  const auto& let_through = params.inherit_env;
  for (const char* const* variable = worker; *variable != nullptr; ++variable)
    if (std::find(let_through.begin(), let_through.end(), name_of(*variable)) != let_through.end())
      environment.emplace_back(*variable);
  for (const auto& [name, value] : params.env)
    set(environment, name, value);
  set(environment, "SLUICE_RUN_ID", to_string(token.run));
  set(environment, "SLUICE_STEP", token.step);
  set(environment, "SLUICE_ATTEMPT", std::to_string(token.attempt));
  set(environment, "SLUICE_IDEMPOTENCY_TOKEN", idempotency_token(token));
  set(environment, "SLUICE_FENCING_TOKEN", std::to_string(token.fence));
  return environment;
}

} // namespace sluice
