#include "steps/exec/exec_attempt.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"
#include "model/run/run_defaults.hpp"
#include "steps/exec/attempt_lock.hpp"
#include "steps/step_outcomes.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

using std::chrono::milliseconds;

/// A guard that has not said a word by then is none.
constexpr milliseconds ready_limit{30'000};
/// What is killed is gone by then; what is not cannot be killed.
constexpr milliseconds kill_limit{3'000};
/// Longest wait in one call; everything that matters wakes it.
constexpr milliseconds long_wait{60'000};
/// Most bytes read from a stream before the others are looked at.
constexpr int reads_in_turn = 16;

std::string describe(std::int64_t number) {
  return std::generic_category().message(static_cast<int>(number));
}

std::string signal_name(std::int64_t number) {
  const char* const name = ::sigabbrev_np(static_cast<int>(number));
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("signal {} (SIG{})", number, name);
}

std::string without_line_ends(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

} // namespace

exec_attempt::exec_attempt(step_context& context, const exec_params& params,
                           const std::filesystem::path& guard_program, std::shared_ptr<left_guards> left)
    : context_(context),
      params_(params),
      guard_program_(guard_program),
      left_(std::move(left)),
      inbox_(context.signal),
      output_(params.output_limit),
      errors_(params.output_limit),
      lines_(context.log) {}

attempt_outcome exec_attempt::run() {
  auto told = inbox_.take();
  if (told.interrupted)
    return detail::cancelled("it was told to end before it began");
  fault_point("exec.begun");
  start(told);
  fault_point("exec.started");
  while (wait()) {
  }
  fault_point("exec.ended");
  finish();
  fault_point("exec.reaped");
  return outcome();
}

guard_order exec_attempt::make_order() const {
  guard_order order;
  order.worker = ::getpid();
  order.lock_path = context_.attempt_locks.native();
  order.lock_byte = attempt_lock_byte(to_string(context_.token.run), context_.token.step);
  order.cwd = params_.cwd;
  order.argv = params_.argv;
  order.environment = exec_environment(params_, context_.token, ::environ);
  return order;
}

void exec_attempt::start(const signal_inbox::news& told) {
  std::optional<guard_message> deadline;
  if (told.deadline)
    deadline = {guard_word::deadline, told.deadline->count()};
  guard_ = std::make_unique<guard_process>(guard_program_, make_order(), params_.input, deadline, left_);
  give_up_after(ready_limit);
}

void exec_attempt::give_up_after(milliseconds time) {
  give_up_at_ = clock::now() + time;
}

bool exec_attempt::wait() {
  auto longest = long_wait;
  if (give_up_at_)
    longest =
        std::clamp(std::chrono::ceil<milliseconds>(*give_up_at_ - clock::now()), milliseconds{0}, long_wait);
  std::array<pollfd, 4> entries{{{inbox_.descriptor(), POLLIN, 0},
                                 {guard_->channel().descriptor(), POLLIN, 0},
                                 {guard_->output(), POLLIN, 0},
                                 {guard_->errors(), POLLIN, 0}}};
  (void)::poll(entries.data(), entries.size(), static_cast<int>(longest.count()));
  read_news();
  read_channel();
  read_output();
  read_errors();
  // Last: who was stopped for a while finds its time over, and what it waited for.
  return !guard_->channel().ended() && (!give_up_at_ || clock::now() < *give_up_at_);
}

void exec_attempt::read_news() {
  const auto news = inbox_.take();
  if (news.deadline)
    guard_->channel().send({guard_word::deadline, news.deadline->count()});
  if (!news.interrupted)
    return;
  interrupted_ = true;
  const auto grace =
      std::clamp<milliseconds>(*news.interrupted, milliseconds{0}, defaults::step_timeout_limit);
  guard_->channel().send({guard_word::stop, grace.count()});
  if (!end_)
    give_up_after(grace + kill_limit);
}

void exec_attempt::read_channel() {
  while (const auto message = guard_->channel().receive()) {
    if (message->word == guard_word::ready) {
      ready_ = true;
      if (!interrupted_)
        give_up_at_.reset();
    } else if (message->word == guard_word::waiting) {
      if (context_.log)
        context_.log("waits until nothing is left of the attempt before");
    } else {
      end_ = *message;
      give_up_after(kill_limit);
    }
  }
}

template <class Take>
exec_attempt::stream_state exec_attempt::read_stream(int stream, Take take) {
  std::array<char, 16384> bytes;
  for (int reads = 0; reads < reads_in_turn; ++reads) {
    const auto size = ::read(stream, bytes.data(), bytes.size());
    if (size < 0)
      return errno == EAGAIN || errno == EINTR ? stream_state::empty : stream_state::ended;
    if (size == 0)
      return stream_state::ended;
    take(std::string_view(bytes.data(), static_cast<std::size_t>(size)));
  }
  return stream_state::more;
}

bool exec_attempt::read_output() {
  if (guard_->output() < 0)
    return false;
  const auto state = read_stream(guard_->output(), [this](std::string_view bytes) { output_.append(bytes); });
  if (state == stream_state::ended)
    guard_->close_output();
  return state == stream_state::more;
}

bool exec_attempt::read_errors() {
  if (guard_->errors() < 0)
    return false;
  const auto state = read_stream(guard_->errors(), [this](std::string_view bytes) {
    errors_.append(bytes);
    lines_.append(bytes);
  });
  if (state == stream_state::ended)
    guard_->close_errors();
  return state == stream_state::more;
}

void exec_attempt::read_rest() {
  // A pipe holds at most 1 MiB unless somebody who cannot be killed still writes.
  constexpr int turns = 8;
  for (int turn = 0; turn < turns && read_output(); ++turn) {
  }
  for (int turn = 0; turn < turns && read_errors(); ++turn) {
  }
}

void exec_attempt::finish() {
  if (!ready_)
    guard_->kill();
  else if (!end_ && guard_->channel().ended())
    guard_->kill_leftovers();
  read_rest();
  lines_.finish();
  if (!guard_->await_end(guard_->channel().ended() ? kill_limit : milliseconds{0}) && context_.log)
    context_.log(fmt::format("something that it started cannot be killed; process {} waits for its end",
                             guard_->id()));
}

attempt_outcome exec_attempt::outcome() const {
  if (!end_)
    return without_word();
  const auto number = end_->number;
  switch (end_->word) {
  case guard_word::exited:
    return ended_by_itself(static_cast<int>(number));
  case guard_word::signalled:
    return detail::failed(
        "killed_by_signal",
        fmt::format("'{}' was ended by {}{}", params_.argv.front(), signal_name(number), words_of_command()),
        true);
  case guard_word::stopped:
    return detail::cancelled(fmt::format("'{}' was told to end", params_.argv.front()));
  case guard_word::expired:
    return detail::expired(fmt::format("'{}' was ended because the lease on its run was not renewed in time",
                                       params_.argv.front()));
  default:
    return not_begun();
  }
}

attempt_outcome exec_attempt::ended_by_itself(int code) const {
  const auto& good = params_.success_codes;
  if (std::find(good.begin(), good.end(), code) != good.end())
    return detail::succeeded(result(code));
  return detail::failed(
      "exit_status",
      fmt::format("'{}' exited with status {}{}", params_.argv.front(), code, words_of_command()), true);
}

attempt_outcome exec_attempt::not_begun() const {
  const auto why = describe(end_->number);
  const auto& program = params_.argv.front();
  switch (end_->word) {
  case guard_word::cannot_lock:
    return detail::failed("cannot_lock",
                          fmt::format("the lock file {} cannot be used: {}; look at its folder",
                                      context_.attempt_locks.native(), why),
                          true);
  case guard_word::cannot_enter:
    return detail::failed("cannot_execute",
                          fmt::format("the working directory '{}' cannot be entered: {}", params_.cwd, why),
                          false);
  case guard_word::cannot_run:
    return detail::failed("cannot_execute",
                          fmt::format("'{}' cannot be executed: {}; is it installed, executable and in the "
                                      "PATH that the command gets?",
                                      program, why),
                          false);
  default:
    return detail::failed("cannot_execute", fmt::format("there is no process for '{}': {}", program, why),
                          true);
  }
}

attempt_outcome exec_attempt::without_word() const {
  if (interrupted_)
    return detail::cancelled(fmt::format("'{}' was told to end", params_.argv.front()));
  if (!ready_)
    throw error("guard_failed",
                fmt::format("{} does not guard commands: call run_exec_guard at the beginning of its main, "
                            "or name another program in step_surroundings",
                            guard_program_.native()));
  return detail::failed(
      "guard_failed",
      fmt::format("the guard of '{}' was killed; the command was killed, too", params_.argv.front()), true);
}

json exec_attempt::result(int code) const {
  return detail::fitting_result(params_.output_limit, [&](std::size_t limit) {
    const auto text = output_.text(limit);
    return json(nlohmann::ordered_json{{"exit_code", code},
                                       {"stdout", params_.trim ? without_line_ends(text) : text},
                                       {"stderr", errors_.text(limit)},
                                       {"truncated", output_.truncated(limit) || errors_.truncated(limit)},
                                       {"truncated_stdout", output_.truncated(limit)},
                                       {"truncated_stderr", errors_.truncated(limit)}});
  });
}

std::string exec_attempt::words_of_command() const {
  return lines_.last_line().empty() ? std::string() : ": " + lines_.last_line();
}

} // namespace sluice
