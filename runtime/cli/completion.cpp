#include "runtime/cli/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace sluice {

namespace {

using visitor = std::function<void(const command_tree& command, const std::string& path)>;

/// Calls `visit` for each command; `path` is the words that lead to it, without the program's name.
void walk(const command_tree& command, const std::string& path, const visitor& visit) {
  visit(command, path);
  for (const auto& inner : command.subcommands)
    walk(inner, path.empty() ? inner.name : path + " " + inner.name, visit);
}

std::string words_of(const command_tree& command) {
  std::vector<std::string> words;
  for (const auto& inner : command.subcommands)
    words.push_back(inner.name);
  words.insert(words.end(), command.choices.begin(), command.choices.end());
  for (const auto& option : command.options)
    words.insert(words.end(), option.names.begin(), option.names.end());
  return fmt::format("{}", fmt::join(words, " "));
}

/// Returns `text` with `wanted` characters escaped by a backslash.
std::string escape(std::string_view text, std::string_view wanted) {
  std::string result;
  for (const char c : text) {
    if (wanted.find(c) != std::string_view::npos)
      result += '\\';
    result += c;
  }
  return result;
}

/// Returns `text` for use between single quotes in zsh and bash.
std::string single_quoted(std::string_view text) {
  std::string result;
  for (const char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result;
}

std::string bash_values(const command_tree& root) {
  std::string cases;
  walk(root, "", [&](const command_tree& command, const std::string& path) {
    for (const auto& option : command.options)
      for (const auto& name : option.names)
        if (option.takes_value)
          cases += fmt::format(
              "    '{}:{}') mapfile -t COMPREPLY < <(compgen {} -- \"$current\"); return ;;\n", path, name,
              option.takes_file ? std::string("-f") : fmt::format("-W '{}'", fmt::join(option.choices, " ")));
  });
  return cases;
}

std::string zsh_option(const command_option& option) {
  std::string all;
  for (const auto& name : option.names) {
    const auto value = !option.takes_value      ? std::string{}
                       : option.takes_file      ? std::string(":file:_files")
                       : option.choices.empty() ? std::string(":value: ")
                                                : fmt::format(":value:({})", fmt::join(option.choices, " "));
    all +=
        fmt::format("      '{}[{}]{}' \\\n", name, single_quoted(escape(option.description, "[]:")), value);
  }
  return all;
}

std::string zsh_function(const command_tree& command, const std::string& path) {
  auto name = path.empty() ? std::string("_sluice") : "_sluice_" + path;
  std::replace(name.begin(), name.end(), ' ', '_');
  std::string body =
      fmt::format("{}() {{\n  local context state state_descr line\n  _arguments -C \\\n", name);
  for (const auto& option : command.options)
    body += zsh_option(option);
  if (!command.subcommands.empty()) {
    body += "      '1: :->command' '*:: :->rest'\n  case $state in\n  command)\n    local -a commands=(\n";
    for (const auto& inner : command.subcommands)
      body += fmt::format("      '{}:{}'\n", inner.name, single_quoted(escape(inner.description, ":")));
    body += "    )\n    _describe command commands ;;\n  rest)\n    case $line[1] in\n";
    for (const auto& inner : command.subcommands)
      body += fmt::format("    {}) {}_{} ;;\n", inner.name, name, inner.name);
    body += "    esac ;;\n  esac\n";
  } else if (!command.choices.empty()) {
    body += fmt::format("      '*:value:({})'\n", fmt::join(command.choices, " "));
  } else {
    body += command.takes_file ? "      '*:file:_files'\n" : "      ':'\n";
  }
  return body + "}\n\n";
}

/// Returns the condition under which `command` is the one that is being typed: all words of its path are
/// there, and none of its own commands.
std::string fish_condition(const command_tree& command, const std::string& path) {
  std::string condition;
  const auto add = [&](const std::string& part) { condition += (condition.empty() ? "" : "; and ") + part; };
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find(' ', at), path.size());
    add("__fish_seen_subcommand_from " + path.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string> names;
  for (const auto& inner : command.subcommands)
    names.push_back(inner.name);
  if (!names.empty())
    add(fmt::format("not __fish_seen_subcommand_from {}", fmt::join(names, " ")));
  return condition;
}

std::string fish_option(const command_option& option, const std::string& start) {
  std::string line = start;
  for (const auto& name : option.names)
    line += name.substr(0, 2) == "--" ? fmt::format(" -l {}", name.substr(2))
                                      : fmt::format(" -s {}", name.substr(1));
  if (option.takes_value)
    line += option.choices.empty() ? std::string(option.takes_file ? " -r -F" : " -r")
                                   : fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  return line + fmt::format(" -d '{}'\n", escape(option.description, "'\\"));
}

} // namespace

std::string bash_completion(const command_tree& root) {
  std::string steps;
  std::string words;
  walk(root, "", [&](const command_tree& command, const std::string& path) {
    for (const auto& inner : command.subcommands)
      steps += fmt::format("      '{}:{}') path='{}' ;;\n", path, inner.name,
                           path.empty() ? inner.name : path + " " + inner.name);
    words += fmt::format("    '{}') words='{}'; files={} ;;\n", path, words_of(command),
                         command.takes_file ? 1 : 0);
  });
  return fmt::format(R"(# bash completion for sluice; load it with: source <(sluice completion bash)
_sluice() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" path='' words='' files=0 word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$path:$word" in
{}    esac
  done
  case "$path:${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  case "$path" in
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; [ "$files" = 1 ] && compgen -f -- "$current")
}}
complete -o filenames -F _sluice sluice
)",
                     steps, bash_values(root), words);
}

std::string zsh_completion(const command_tree& root) {
  std::string functions;
  walk(root, "", [&](const command_tree& command, const std::string& path) {
    functions += zsh_function(command, path);
  });
  return "#compdef sluice\n# zsh completion for sluice; load it with: source <(sluice completion zsh)\n\n" +
         functions + "compdef _sluice sluice\n";
}

std::string fish_completion(const command_tree& root) {
  std::string lines =
      "# fish completion for sluice; load it with: sluice completion fish | source\ncomplete -c sluice -f\n";
  walk(root, "", [&](const command_tree& command, const std::string& path) {
    const auto start = fmt::format("complete -c sluice -n '{}'", fish_condition(command, path));
    for (const auto& inner : command.subcommands)
      lines += fmt::format("{} -a {} -d '{}'\n", start, inner.name, escape(inner.description, "'\\"));
    if (!command.choices.empty())
      lines += fmt::format("{} -a '{}'\n", start, fmt::join(command.choices, " "));
    if (command.takes_file)
      lines += start + " -F\n";
    for (const auto& option : command.options)
      lines += fish_option(option, start);
  });
  return lines;
}

} // namespace sluice
