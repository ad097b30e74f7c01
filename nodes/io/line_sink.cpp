#include "nodes/io/line_sink.hpp"

#include "model/base/defaults.hpp"
#include "nodes/io/file_descriptor.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

constexpr int patience = static_cast<int>(defaults::source_wait.count());

/// Until the next attempt when the other side takes no more; each attempt waits for it too.
constexpr std::chrono::nanoseconds waiting_pause = std::chrono::milliseconds{1};
/// Until the next attempt after a failed write: time for somebody to make room on a disk.
constexpr std::chrono::nanoseconds failed_pause = std::chrono::seconds{1};

} // namespace

void line_sink::on_message(node_context& context, std::size_t, message& in) {
  if (closed_)
    throw *closed_;
  if (writer_.is_full() && !write_out(context)) {
    context.defer(waiting_pause);
    return;
  }
  const bool first = writer_.is_empty();
  writer_.append(in);
  if (first)
    context.request_tick(std::chrono::nanoseconds{0});
}

void line_sink::on_tick(node_context& context) {
  if (!closed_ && !write_out(context))
    context.request_tick(waiting_pause);
}

void line_sink::on_end(node_context& context) {
  try {
    while (!closed_ && !context.aborting() && !write_out(context))
      attend(context);
  } catch (...) {
    give_up(context);
    throw;
  }
  finish(context);
}

void line_sink::on_stop(node_context& context) {
  if (released_)
    return;
  released_ = true;
  try {
    // After a failure or an abort: what the other side takes at once is still written.
    if (!closed_ && !writer_.is_empty())
      (void)write_out(context);
  } catch (const error& failed) {
    context.log(log_level::error, failed.code(), failed.what());
  }
  give_up(context);
  release(context);
}

bool line_sink::write_out(node_context& context) {
  if (writer_.is_empty())
    return true;
  attend(context);
  switch (writer_.flush(patience)) {
  case line_writer::result::written:
    context.set_held(0);
    return true;
  case line_writer::result::waiting:
    context.set_held(writer_.messages());
    return false;
  case line_writer::result::closed:
    reader_has_gone(context);
  case line_writer::result::failed:
    write_has_failed(context);
  }
  return true;
}

void line_sink::reader_has_gone(node_context& context) {
  closed_ = closed_error();
  give_up(context);
  throw *closed_;
}

void line_sink::write_has_failed(node_context& context) {
  context.set_held(writer_.messages());
  context.request_tick(failed_pause);
  throw error("write_failed",
              fmt::format("cannot write to {}: {}; {} messages wait for another try", destination(),
                          system_text(writer_.error_number()), writer_.messages()));
}

void line_sink::give_up(node_context& context) {
  const auto lost = writer_.give_up();
  if (lost == 0)
    return;
  context.set_held(0);
  context.discard(lost);
  if (!closed_)
    context.log(log_level::error, "messages_discarded",
                fmt::format("{} messages could not be written to {}", lost, destination()));
}

error line_sink::closed_error() {
  return {"closed_pipe", fmt::format("the reader of {} has gone", destination())};
}

} // namespace sluice
