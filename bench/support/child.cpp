#include "bench/support/child.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace sluice::bench {

namespace {

constexpr int exit_failed = 1;
constexpr int exit_not_started = 127;

[[noreturn]] void give_up(const char* what) {
  throw error("child_failed", fmt::format("{} failed: {}", what, std::generic_category().message(errno)));
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> part{};
  for (;;) {
    const auto count = read(from, part.data(), part.size());
    if (count > 0)
      text.append(part.data(), static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR)
      return text;
  }
}

std::vector<double> numbers_in(const std::string& text) {
  std::istringstream words(text);
  std::vector<double> numbers;
  for (double number = 0; words >> number;)
    numbers.push_back(number);
  return numbers;
}

/// A forked child, and where what it writes comes out.
struct started_child {
  std::string name;
  pid_t id = 0;
  int output = -1;
};

/// Runs `child` in a fork whose stdout is a pipe to here; it returns the exit status.
started_child start(const std::string& name, const std::function<int()>& child) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    give_up("pipe");
  std::fflush(nullptr);
  const auto id = fork();
  if (id < 0)
    give_up("fork");
  if (id == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    const auto status = child();
    std::fflush(nullptr);
    _exit(status);
  }
  close(ends[1]);
  return {name, id, ends[0]};
}

/// Waits for its end and returns the numbers it wrote.
std::vector<double> finish(const started_child& child) {
  const auto text = read_all(child.output);
  close(child.output);
  int status = 0;
  while (waitpid(child.id, &status, 0) < 0)
    if (errno != EINTR)
      give_up("waitpid");
  auto numbers = numbers_in(text);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || numbers.empty())
    throw error("child_failed",
                fmt::format("'{}' ended with wait status {} and wrote '{}'", child.name, status, text));
  return numbers;
}

int print(const std::function<std::vector<double>()>& work) noexcept {
  try {
    for (const auto number : work())
      fmt::print("{:.17g}\n", number);
    return 0;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "{}\n", failed.what());
    return exit_failed;
  }
}

} // namespace

std::vector<double> in_child(const std::function<std::vector<double>()>& work) {
  return finish(start("a forked run", [&] { return print(work); }));
}

std::vector<std::vector<double>> in_children(std::size_t count,
                                             const std::function<std::vector<double>(std::size_t)>& work) {
  std::vector<started_child> children;
  for (std::size_t index = 0; index < count; ++index)
    children.push_back(
        start(fmt::format("forked run {}", index), [&] { return print([&] { return work(index); }); }));
  std::vector<std::vector<double>> figures;
  std::exception_ptr failure;
  for (const auto& child : children) {
    try {
      figures.push_back(finish(child));
    } catch (const error&) {
      failure = std::current_exception();
    }
  }
  if (failure)
    std::rethrow_exception(failure);
  return figures;
}

std::vector<double> in_program(const std::vector<std::string>& command) {
  return finish(start(command.front(), [&] {
    std::vector<char*> words;
    for (const auto& word : command)
      words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    execv(words.front(), words.data());
    fmt::print(stderr, "cannot start '{}': {}\n", command.front(), std::generic_category().message(errno));
    return exit_not_started;
  }));
}

std::string sibling(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

} // namespace sluice::bench
