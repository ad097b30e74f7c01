#include "tests/faults/keeper_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr int patience_milliseconds = 120'000;

const char* name_of(keeper_process::place at) {
  return at == keeper_process::place::directory ? "directory" : "database";
}

/// Cuts what stands before the next tab off `line`.
std::string next_part(std::string& line) {
  const auto end = std::min(line.find('\t'), line.size());
  auto part = line.substr(0, end);
  line.erase(0, std::min(end + 1, line.size()));
  return part;
}

std::int64_t number_of(utc_time moment) {
  return moment.time_since_epoch().count();
}

} // namespace

keeper_process::keeper_process(const std::filesystem::path& directory, const std::filesystem::path& database,
                               utc_time now, const std::string& fault) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  line_ = ends[0];
  std::vector<std::string> arguments = {FAULT_KEEPER, directory.native(), database.native(),
                                        std::to_string(number_of(now))};
  std::vector<char*> argv;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> surroundings;
  for (auto* variable = ::environ; *variable != nullptr; ++variable)
    surroundings.push_back(*variable);
  auto setting = "SLUICE_FAULT=" + fault;
  surroundings.push_back(setting.data());
  surroundings.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  const int failed = ::posix_spawn(&id_, FAULT_KEEPER, &actions, nullptr, argv.data(), surroundings.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0)
    throw std::system_error(failed, std::generic_category(), FAULT_KEEPER);
  if (const auto answer = receive(); answer != "ready")
    throw std::runtime_error("the keeper is not ready: " + answer);
}

keeper_process::~keeper_process() {
  end();
}

void keeper_process::end() noexcept {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  id_ = 0;
  if (line_ >= 0)
    ::close(std::exchange(line_, -1));
}

void keeper_process::send(const std::string& command) const {
  const auto line = command + "\n";
  if (::send(line_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    throw std::system_error(errno, std::generic_category(), "the keeper is gone");
}

std::string keeper_process::receive() {
  if (auto line = receive_unless_dead())
    return *std::move(line);
  throw std::runtime_error("the keeper has ended");
}

std::optional<std::string> keeper_process::receive_unless_dead() {
  for (;;) {
    if (const auto end = received_.find('\n'); end != std::string::npos) {
      auto line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    pollfd entry{line_, POLLIN, 0};
    if (::poll(&entry, 1, patience_milliseconds) != 1)
      throw std::runtime_error("the keeper does not answer");
    char room[4096];
    const auto count = ::read(line_, room, sizeof(room));
    if (count <= 0)
      return std::nullopt;
    received_.append(room, static_cast<std::size_t>(count));
  }
}

keeper_process::sight keeper_process::ask(const std::string& command, place at) {
  send(command + '\t' + name_of(at));
  sight seen;
  for (auto line = receive(); line != "."; line = receive()) {
    const auto what = next_part(line);
    if (what == "rule") {
      const auto id = next_part(line);
      auto& there = seen.rules[id];
      there.definition = next_part(line);
      there.state = line;
    } else if (what == "words") {
      seen.words = std::stoul(line);
    } else if (what == "late") {
      seen.late = true;
    } else {
      seen.quarrels += line + '\n';
    }
  }
  return seen;
}

keeper_process::sight keeper_process::look(place at) {
  return ask("look", at);
}

keeper_process::sight keeper_process::wait(place at) {
  return ask("wait", at);
}

keeper_process::sight keeper_process::refresh(place at) {
  return ask("refresh", at);
}

void keeper_process::set_clock(utc_time now) {
  send(fmt::format("clock\t{}", number_of(now)));
  (void)receive();
}

std::string keeper_process::set_state(place at, const std::string& rule, const rule_state& state) {
  const std::string ends = state.expires_at ? std::to_string(number_of(*state.expires_at)) : "";
  send(fmt::format("state\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}", name_of(at), rule, to_string(state.mode),
                   state.confidence_max, state.reason, state.by, number_of(state.at), ends));
  auto answer = receive();
  return answer == "published" ? "" : answer;
}

void keeper_process::kill_while_it_speaks(place at, std::size_t words, std::size_t patience,
                                          std::size_t story) {
  send(fmt::format("speak\t{}\t{}\t{}", name_of(at), words, story));
  for (std::size_t i = 0; i < patience; ++i)
    if (const auto answer = receive(); answer != "published")
      throw std::runtime_error("the keeper has said a word in vain: " + answer);
  end();
}

std::size_t keeper_process::speak_until_it_dies(place at, std::size_t words, std::size_t story) {
  send(fmt::format("speak\t{}\t{}\t{}", name_of(at), words, story));
  for (std::size_t told = 0; told < words; ++told) {
    const auto answer = receive_unless_dead();
    if (!answer) {
      end();
      return told;
    }
    if (*answer != "published")
      throw std::runtime_error("the keeper has said a word in vain: " + *answer);
  }
  throw std::runtime_error("the keeper has not died at its fault");
}

} // namespace sluice
