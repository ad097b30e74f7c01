#include "nodes/io/stdin_source.hpp"

#include "model/base/defaults.hpp"
#include "nodes/io/io_options.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace sluice {

produce_result stdin_source::produce(node_context& context, std::size_t room) {
  if (room == 0 || reader_.emit_lines(context, room) > 0)
    return produce_result::more;
  if (ended_)
    return produce_result::done;
  ended_ = true; // also when reading throws: trying again would fail for ever
  ended_ = reader_.read(descriptor_, defaults::source_wait) == line_reader::input::end;
  if (ended_)
    reader_.finish();
  (void)reader_.emit_lines(context, room);
  return produce_result::more;
}

void stdin_source::on_stop(node_context& context) {
  const auto left = reader_.pending();
  if (left == 0)
    return;
  // A program that shares a file as its stdin goes on where this one stopped; a pipe cannot be put back.
  if (::lseek(descriptor_, -static_cast<off_t>(left), SEEK_CUR) < 0)
    context.log(log_level::info, "input_left",
                fmt::format("stopped with {} bytes of stdin read but not used", left));
}

node_type stdin_source_type() {
  node_type type;
  type.name = "stdin";
  type.category = "source";
  type.summary = "Reads lines from standard input.";
  type.description = "Each line is one text message without its line end (`\\n`); every other byte is kept, "
                     "`\\r`, NUL and invalid UTF-8 included, and an empty line is an empty message. A last "
                     "line without a line end counts.\n"
                     "A line over `line_limit` is the error `line_too_long` with its first bytes; the rest "
                     "of it is skipped. The source ends with its input. An input that cannot be read is the "
                     "error `read_failed` and ends it too.";
  type.options = {line_limit_option()};
  type.ports.outputs = {line_output()};
  type.example = "{ type: stdin, line_limit: 64KiB }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::standard_streams;
  type.make = [](const options& given) {
    return std::make_unique<stdin_source>(STDIN_FILENO, line_limit_of(given));
  };
  return type;
}

} // namespace sluice
