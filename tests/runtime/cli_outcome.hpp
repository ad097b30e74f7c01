#pragma once

#include "runtime/cli/cli.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

struct cli_outcome {
  int status = -1;
  std::string out;
  std::string err;
};

struct cli_surroundings {
  std::string input = {};
  bool terminal = false;
  environment_map variables = {};
};

/// Runs `sluice` with these words, in this process.
inline cli_outcome run_words(const std::vector<std::string>& words, cli_surroundings around = {}) {
  std::istringstream in(around.input);
  std::ostringstream out;
  std::ostringstream err;
  cli_streams streams{in, out, err, false, around.terminal};
  streams.variables = std::move(around.variables);
  std::vector<const char*> pointers{"sluice"};
  for (const auto& word : words)
    pointers.push_back(word.c_str());
  cli_outcome result;
  result.status = run_cli(static_cast<int>(pointers.size()), pointers.data(), streams);
  result.out = out.str();
  result.err = err.str();
  return result;
}

} // namespace sluice
