#include "nodes/io/line_reader.hpp"

#include "nodes/io/file_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <unistd.h>

namespace sluice {

namespace {

/// Bytes of a line over the limit that its error message carries: enough to recognise it.
constexpr std::size_t shown_bytes = 256;

} // namespace

line_reader::line_reader(std::string origin, std::size_t line_limit)
    : origin_(std::move(origin)), splitter_(line_limit) {}

std::size_t line_reader::emit_lines(node_context& context, std::size_t room) {
  std::string_view line;
  std::size_t count = 0;
  for (; count < room; ++count) {
    const auto found = splitter_.next(line);
    if (found == line_splitter::outcome::none)
      break;
    if (found == line_splitter::outcome::line)
      context.emit(0, text(line));
    else
      report_too_long(context, line);
  }
  return count;
}

void line_reader::report_too_long(node_context& context, std::string_view start) const {
  message original(text(start.substr(0, shown_bytes)));
  original.set_timestamp(context.timestamp());
  context.fail(
      std::move(original), "line_too_long",
      fmt::format("line {} of {} is longer than {} bytes and was skipped; raise line_limit to accept it",
                  splitter_.lines(), origin_, splitter_.limit()));
}

line_reader::input line_reader::read(int descriptor, std::chrono::milliseconds wait) {
  if (!wait_for(descriptor, readiness::readable, static_cast<int>(wait.count())))
    return input::idle;
  const auto space = splitter_.space();
  const auto count = ::read(descriptor, space.data(), space.size());
  if (count > 0) {
    splitter_.filled(static_cast<std::size_t>(count));
    return input::data;
  }
  if (count == 0)
    return input::end;
  if (errno == EINTR || errno == EAGAIN)
    return input::idle;
  throw error("read_failed", fmt::format("cannot read {}: {}", origin_, system_text(errno)));
}

} // namespace sluice
