#include "nodes/io/file_source.hpp"

#include "nodes/io/io_options.hpp"

#include <fmt/format.h>

#include <poll.h>

namespace sluice {

namespace {

/// Waits for a file to grow or to appear: the file system gives no sign, so this is the longest allowed wait.
void pause_once() {
  (void)::poll(nullptr, 0, static_cast<int>(defaults::source_wait.count()));
}

} // namespace

file_source::file_source(settings chosen)
    : settings_(std::move(chosen)),
      file_(settings_.path),
      reader_("'" + settings_.path + "'", settings_.line_limit) {}

void file_source::on_start(node_context& context) {
  if (!file_.open()) {
    if (!settings_.follow)
      throw error("cannot_open",
                  fmt::format("cannot open '{}' for reading: {}; with follow: true the source waits for it",
                              settings_.path, system_text(ENOENT)));
    log_trouble_once(context, "file_missing", missing_text());
    return;
  }
  if (settings_.from_end)
    file_.to_end();
}

produce_result file_source::produce(node_context& context, std::size_t room) {
  if (room == 0 || reader_.emit_lines(context, room) > 0)
    return produce_result::more;
  if (ended_)
    return produce_result::done;
  if (std::exchange(reset_due_, false))
    reader_.reset();
  if (file_.is_open())
    read_more(context);
  else
    await_file(context);
  (void)reader_.emit_lines(context, room);
  return produce_result::more;
}

void file_source::read_more(node_context& context) {
  ended_ = true; // also when reading throws: trying again would fail for ever
  const auto found = reader_.read(file_.descriptor(), defaults::source_wait);
  ended_ = found == line_reader::input::end && !settings_.follow;
  if (ended_)
    reader_.finish();
  else if (found == line_reader::input::end)
    follow_changes(context);
}

void file_source::follow_changes(node_context& context) {
  if (replaced_)
    return open_next(context);
  switch (file_.look()) {
  case watched_file::change::none:
    trouble_logged_ = false;
    return pause_once();
  case watched_file::change::truncated:
    return start_again(context);
  case watched_file::change::missing:
    log_trouble_once(context, "file_missing", missing_text());
    return pause_once();
  case watched_file::change::replaced:
    // Whoever renamed it may have written more since the end was seen: read it once more.
    replaced_ = true;
    return;
  }
}

void file_source::start_again(node_context& context) {
  context.log(log_level::warning, "file_truncated",
              fmt::format("'{}' was truncated; reading it from its start", settings_.path));
  file_.to_start();
  reader_.finish();
  reset_due_ = true;
}

void file_source::open_next(node_context& context) {
  replaced_ = false;
  if (!try_open(context))
    return;
  context.log(log_level::info, "file_replaced",
              fmt::format("'{}' was replaced; reading the new file", settings_.path));
  reader_.finish();
  reset_due_ = true;
}

void file_source::await_file(node_context& context) {
  if (try_open(context))
    context.log(log_level::info, "file_found", fmt::format("'{}' is there now", settings_.path));
  else
    pause_once();
}

bool file_source::try_open(node_context& context) {
  try {
    if (file_.open()) {
      trouble_logged_ = false;
      return true;
    }
    log_trouble_once(context, "file_missing", missing_text());
  } catch (const error& failed) {
    // A new file may get its permissions a moment later, so this is no reason to end.
    log_trouble_once(context, failed.code(), failed.what());
  }
  return false;
}

std::string file_source::missing_text() const {
  return fmt::format("'{}' does not exist; waiting for it", settings_.path);
}

void file_source::log_trouble_once(node_context& context, std::string_view event, const std::string& text) {
  if (!std::exchange(trouble_logged_, true))
    context.log(log_level::warning, event, text);
}

node_type file_source_type() {
  node_type type;
  type.name = "file";
  type.category = "source";
  type.summary = "Reads the lines of a file, and follows it as it grows.";
  type.description =
      "Each line is one text message without its line end (`\\n`); every other byte is kept, `\\r`, NUL and "
      "invalid UTF-8 included, and an empty line is an empty message. A last line without a line end counts. "
      "A line over `line_limit` is the error `line_too_long` with its first bytes; the rest of it is "
      "skipped.\n"
      "Without `follow` the source ends with the file, and a file that cannot be opened stops the flow "
      "before it begins (`cannot_open`). With `follow` it never ends by itself: it waits for a file that is "
      "missing, goes on as the file grows, starts again when it is truncated, and when the path gets another "
      "file (rotation) it finishes the old one first. A file that is truncated and outgrows its old length "
      "between two looks (20 ms) is not noticed.\n"
      "Named pipes and devices work too.";
  type.options = {
      {.name = "path", .kind = option_kind::string, .required = true, .description = "The file to read."},
      {.name = "follow",
       .kind = option_kind::boolean,
       .default_value = "false",
       .description = "Go on at the end of the file, as `tail -F` does."},
      {.name = "from",
       .kind = option_kind::choice,
       .default_value = "start",
       .description =
           "Where to begin in a file that is there at the start; later ones are read from their start.",
       .choices = {"start", "end"}},
      line_limit_option(),
  };
  type.ports.outputs = {line_output()};
  type.example = "{ type: file, path: /var/log/syslog, follow: true, from: end }";
  type.execution = execution_kind::blocking;
  type.reach = node_reach::outside;
  type.make = [](const options& given) {
    return std::make_unique<file_source>(file_source::settings{path_of(given), given.get_boolean("follow"),
                                                               given.get_string("from") == "end",
                                                               line_limit_of(given)});
  };
  return type;
}

} // namespace sluice
