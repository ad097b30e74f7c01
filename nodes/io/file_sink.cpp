#include "nodes/io/file_sink.hpp"

#include "nodes/io/io_options.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace sluice {

void file_sink::on_start(node_context&) {
  const int how = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append_ ? O_APPEND : O_TRUNC);
  file_ = file_descriptor(::open(path_.c_str(), how, 0666));
  if (!file_.is_open())
    throw error("cannot_open", fmt::format("cannot open '{}' for writing: {}", path_, system_text(errno)));
  attach(file_.get());
}

void file_sink::finish(node_context&) {
  if (const int failed = file_.close(); failed != 0)
    throw error("write_failed", fmt::format("cannot finish writing '{}': {}; its end may be missing", path_,
                                            system_text(failed)));
}

error file_sink::closed_error(node_context&) {
  return {"write_failed", fmt::format("the reader of '{}' has gone", path_)};
}

node_type file_sink_type() {
  node_type type;
  type.name = "file";
  type.category = "sink";
  type.summary = "Writes each message as a line to a file.";
  type.description =
      "The file is made if need be, and emptied at the start unless `append` is set; its folder must exist. "
      "Lines are written in order and leave as soon as no more messages are at hand.\n"
      "A file that cannot be opened stops the flow before it begins (`cannot_open`). A write that fails, "
      "e.g. for lack of room, is the error `write_failed`, once for each attempt: what was not written is "
      "kept and tried again every second, and once 64 KiB wait, the sink takes no more and the edges are "
      "held back. At the end of the input it tries ten times, a second apart; then, or when the flow is "
      "aborted, what is left is lost, logged and counted as discarded. The flow still ends as finished, "
      "with exit status 0: with `on_error: fail` the first failed attempt stops it and it has failed. With "
      "`on_error: restart` what waits is discarded too; set `append`: a restarted sink opens its file anew.";
  type.options = {
      {.name = "path", .kind = option_kind::string, .required = true, .description = "The file to write."},
      {.name = "append",
       .kind = option_kind::boolean,
       .default_value = "false",
       .description = "Add to a file that exists instead of emptying it."},
      format_option(),
  };
  type.ports.inputs = {any_input()};
  type.example = "{ type: file, path: errors.jsonl, append: true, format: json }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::outside;
  type.make = [](const options& given) {
    return std::make_unique<file_sink>(path_of(given), given.get_boolean("append"), format_of(given));
  };
  return type;
}

} // namespace sluice
