#include "nodes/io/line_sink.hpp"

#include "model/base/defaults.hpp"
#include "nodes/io/file_descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <poll.h>

namespace sluice {

namespace {

using std::chrono::nanoseconds;

constexpr int patience = static_cast<int>(defaults::source_wait.count());

/// Until the next attempt when the other side takes no more; each attempt waits for it too.
constexpr nanoseconds waiting_pause = std::chrono::milliseconds{1};

} // namespace

void line_sink::on_message(node_context& context, std::size_t, message& in) {
  if (closed_)
    throw *closed_;
  if (writer_.is_full()) {
    if (const auto pause = write_out(context); pause.count() > 0) {
      context.defer(pause);
      return;
    }
  }
  const bool first = writer_.is_empty();
  writer_.append(in);
  if (first)
    context.request_tick(nanoseconds{0});
}

void line_sink::on_tick(node_context& context) {
  if (closed_)
    return;
  if (const auto pause = write_out(context); pause.count() > 0)
    context.request_tick(pause);
}

void line_sink::on_end(node_context& context) {
  if (!closed_ && !write_rest(context))
    give_up(context);
  finish(context);
}

void line_sink::on_stop(node_context& context) {
  if (released_)
    return;
  released_ = true;
  try {
    // After a failure or an abort: what the other side takes at once is still written.
    if (!closed_ && attempt(context) == line_writer::result::failed)
      context.log(log_level::error, "write_failed", failure_text());
  } catch (const error& failed) {
    context.log(log_level::error, failed.code(), failed.what());
  }
  give_up(context);
  release(context);
}

nanoseconds line_sink::write_out(node_context& context) {
  if (const auto now = context.now(); !writer_.is_empty() && now < retry_at_)
    return retry_at_ - now;
  switch (attempt(context)) {
  case line_writer::result::waiting:
    return waiting_pause;
  case line_writer::result::failed:
    retry_at_ = context.now() + retry_pause_;
    report(context, fmt::format("{} messages wait for another try", writer_.messages()));
    return retry_pause_;
  default:
    return nanoseconds{0};
  }
}

bool line_sink::write_rest(node_context& context) {
  for (unsigned failures = 0;;) {
    const auto outcome = attempt(context);
    if (outcome == line_writer::result::written)
      return true;
    if (context.aborting())
      return false;
    if (outcome == line_writer::result::waiting)
      continue; // the attempt took its time
    if (++failures == attempts_at_end) {
      report(context, fmt::format("gave up after {} attempts at the end: {} messages are lost", failures,
                                  writer_.messages()));
      return false;
    }
    report(context, fmt::format("{} messages wait for another try", writer_.messages()));
    wait_for_retry(context);
  }
}

void line_sink::wait_for_retry(node_context& context) {
  using clock = std::chrono::steady_clock; // a handler cannot wait in the flow's time
  const auto until = clock::now() + retry_pause_;
  for (auto now = clock::now(); now < until && !context.aborting(); now = clock::now()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    (void)::poll(nullptr, 0, static_cast<int>(std::min(left, defaults::source_wait).count()));
    attend(context);
  }
}

line_writer::result line_sink::attempt(node_context& context) {
  if (writer_.is_empty())
    return line_writer::result::written;
  attend(context);
  const auto outcome = writer_.flush(patience);
  if (outcome == line_writer::result::closed)
    reader_has_gone(context);
  context.set_held(writer_.messages());
  return outcome;
}

void line_sink::reader_has_gone(node_context& context) {
  closed_ = closed_error(context);
  give_up(context);
  throw *closed_;
}

std::string line_sink::failure_text() const {
  return fmt::format("cannot write to {}: {}", destination(), system_text(writer_.error_number()));
}

void line_sink::report(node_context& context, const std::string& consequence) const {
  context.fail({}, "write_failed", failure_text() + "; " + consequence);
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

error line_sink::closed_error(node_context&) {
  return {"closed_pipe", fmt::format("the reader of {} has gone", destination())};
}

} // namespace sluice
