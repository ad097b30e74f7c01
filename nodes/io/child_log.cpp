#include "nodes/io/child_log.hpp"

#include <cerrno>
#include <unistd.h>

namespace sluice {

namespace {

/// A child that floods its stderr must not keep its output waiting.
constexpr int reads_at_once = 16;

} // namespace

void child_log::drain(child_process& child, node_context& context) {
  for (int reads = 0; reads < reads_at_once && child.errors() != file_descriptor::none; ++reads) {
    const auto space = lines_.space();
    const auto count = ::read(child.errors(), space.data(), space.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (count <= 0)
      child.close_errors();
    else
      lines_.filled(static_cast<std::size_t>(count));
    log_lines(context);
  }
}

void child_log::finish(node_context& context) {
  lines_.finish();
  log_lines(context);
  lines_.reset();
}

void child_log::log_lines(node_context& context) {
  std::string_view line;
  for (auto found = lines_.next(line); found != line_splitter::outcome::none; found = lines_.next(line))
    if (!line.empty())
      context.log(log_level::info, "command_stderr", line);
}

} // namespace sluice
