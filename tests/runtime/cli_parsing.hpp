#pragma once

#include "runtime/cli/command_line.hpp"

#include <stdexcept>
#include <variant>
#include <vector>

namespace sluice {

/// Returns what `sluice` understands by these words.
inline std::variant<cli_command, cli_answer> parse_words(std::vector<const char*> words) {
  words.insert(words.begin(), "sluice");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

template <class Arguments>
Arguments parse_as(const std::vector<const char*>& words) {
  const auto parsed = parse_words(words);
  if (const auto* answer = std::get_if<cli_answer>(&parsed))
    throw std::runtime_error(answer->err + answer->out);
  return std::get<Arguments>(std::get<cli_command>(parsed));
}

} // namespace sluice
