#pragma once

#include "tests/nodes/io_temporary_folder.hpp"
#include "tests/nodes/io_text_lines.hpp"
#include "tests/support/node_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <fstream>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

/// What tests of commands share: their options, their lines, and whether their processes are gone.
namespace sluice::testing {

using strings = std::vector<std::string>;

inline config_value given(const strings& command,
                          const std::vector<std::pair<std::string, std::string>>& scalars = {}) {
  std::vector<config_value> words;
  for (const auto& word : command)
    words.push_back(config_value::scalar(word));
  std::vector<config_value::member> members{{"command", {}, config_value::list(std::move(words))}};
  for (const auto& [name, value] : scalars)
    members.push_back({name, {}, config_value::scalar(value)});
  return config_value::map(std::move(members));
}

inline strings shell(const std::string& script) {
  return {"/bin/sh", "-c", script};
}

inline strings all_lines(node_harness& harness) {
  strings lines;
  for (auto said = produce_result::more; said == produce_result::more;) {
    said = harness.produce();
    auto some = harness.texts();
    lines.insert(lines.end(), some.begin(), some.end());
  }
  return lines;
}

/// True when this process has no child left, running or zombie.
inline bool childless() {
  return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

/// Returns once the process has exited, collected or not.
inline void await_exit_of(pid_t id) {
  std::string state;
  while (state != "Z" && ::kill(id, 0) == 0) {
    std::ifstream in("/proc/" + std::to_string(id) + "/stat");
    std::string number;
    std::string name;
    in >> number >> name >> state;
  }
}

/// True once no process has the number; a grandchild is collected by init, which takes a moment.
inline bool is_gone(pid_t id) {
  while (::kill(id, 0) == 0) {
    // A container without an init keeps it as a zombie.
    std::ifstream in("/proc/" + std::to_string(id) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    if (in >> number >> name >> state && state == "Z")
      return true;
  }
  return true;
}

} // namespace sluice::testing
