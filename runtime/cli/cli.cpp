#include "runtime/cli/cli.hpp"

#include "model/base/error.hpp"
#include "nodes/builtin.hpp"
#include "persistence/sqlite/process_settings.hpp"
#include "runtime/cli/command_line.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/output_end.hpp"
#include "runtime/config/server_environment.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sluice {

namespace {

terminal_size stderr_size() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return {};
  return {size.ws_row, size.ws_col};
}

/// A pipe or socket that nobody reads any more says so; a file never does.
bool stdout_reader_has_gone() {
  pollfd one{STDOUT_FILENO, POLLOUT, 0};
  return poll(&one, 1, 0) == 1 && (one.revents & (POLLERR | POLLHUP)) != 0;
}

/// Opens what the caller closed (`>&-`): otherwise the next descriptor that the program opens for itself
/// would become its standard output.
void open_standard_descriptors() noexcept {
  for (int wanted = STDIN_FILENO; wanted <= STDERR_FILENO; ++wanted)
    if (fcntl(wanted, F_GETFD) < 0)
      (void)open("/dev/null", O_RDWR); // the lowest that is free, which is `wanted`
}

int execute_line(int argc, const char* const* argv, cli_streams& streams) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* answer = std::get_if<cli_answer>(&parsed)) {
    streams.out << answer->out;
    streams.err << answer->err;
    return answer->status;
  }
  node_catalog catalog;
  register_builtin_nodes(catalog);
  return std::visit([&](const auto& arguments) { return execute(arguments, catalog, streams); },
                    std::get<cli_command>(parsed));
}

bool is_usage_error(const error& failed) {
  if (dynamic_cast<const http_error*>(&failed) != nullptr)
    return false; // the codes of a server are its own
  const auto& code = failed.code();
  static constexpr std::array<std::string_view, 12> usage_codes{
      "bad_assignment", "not_loopback",        "no_database", "needs_database", "no_server", "bad_url",
      "bad_token",      "server_knows_caller", "bad_payload", "no_terminal",    "bad_state", "no_history"};
  return std::find(usage_codes.begin(), usage_codes.end(), code) != usage_codes.end();
}

} // namespace

int run_cli(int argc, const char* const* argv) {
  // A reader that goes away (`| head -1`) is an error of one write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  open_standard_descriptors();
  (void)set_up_sqlite_for_process();
  std::ios::sync_with_stdio(false);
  // Log lines of other threads must not flush results that are being written.
  std::cerr.tie(nullptr);
  const auto variables = take_environment();
  const auto look_up = [&variables](std::string_view name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  cli_streams streams{
      std::cin, std::cout, std::cerr,   isatty(STDOUT_FILENO) == 1,        isatty(STDERR_FILENO) == 1,
      look_up,  variables, stderr_size, [](int status) { _exit(status); }, stdout_reader_has_gone};
  return run_cli(argc, argv, streams);
}

int run_cli(int argc, const char* const* argv, cli_streams& streams) {
  int status = exit_status::failed;
  try {
    status = execute_line(argc, argv, streams);
  } catch (const error& failed) {
    if (const auto* const refused = dynamic_cast<const http_error*>(&failed))
      for (const auto& one : refused->found())
        streams.err << to_string(one) << '\n';
    streams.err << "sluice: " << failed.what() << " [" << failed.code() << "]\n";
    status = is_usage_error(failed) ? exit_status::usage : client_exit_status(failed);
  } catch (const std::exception& failed) {
    streams.err << "sluice: internal error: " << failed.what() << "; please report it\n";
  } catch (...) {
    streams.err << "sluice: internal error of an unknown kind; please report it\n";
  }
  return end_output(streams, status);
}

} // namespace sluice
