#include "nodes/io/child_log.hpp"

#include "model/message/utf8.hpp"

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

std::string child_log::finish(node_context& context) {
  lines_.finish();
  log_lines(context);
  lines_.reset();
  std::string words;
  for (const auto& line : kept_)
    words += (words.empty() ? "" : " / ") + line;
  kept_.clear();
  if (words.empty())
    return {};
  if (words.size() > kept_bytes)
    words = "…" + words.substr(words.size() - kept_bytes);
  return "; the last it wrote to stderr: " + replace_invalid_utf8(words);
}

void child_log::log_lines(node_context& context) {
  std::string_view line;
  for (auto found = lines_.next(line); found != line_splitter::outcome::none; found = lines_.next(line))
    if (!line.empty()) {
      context.log(log_level::warning, "command_stderr", line);
      keep(line);
    }
}

void child_log::keep(std::string_view line) {
  if (kept_.size() == kept_lines)
    kept_.pop_front();
  kept_.emplace_back(line.substr(0, kept_bytes));
}

} // namespace sluice
