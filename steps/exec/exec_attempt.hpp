#pragma once

#include "steps/captured_text.hpp"
#include "steps/exec/exec_params.hpp"
#include "steps/exec/guard_process.hpp"
#include "steps/exec/line_feed.hpp"
#include "steps/signal_inbox.hpp"
#include "steps/step_runner.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace sluice {

/// One attempt at an `exec` step, from its start to its end. Thread: one.
class exec_attempt {
public:
  /// Keeps references to context and params.
  exec_attempt(step_context& context, const exec_params& params, const std::filesystem::path& guard_program,
               std::shared_ptr<left_guards> left);

  /// Blocks until nothing of the command is left, or, when something cannot be killed, a few seconds longer
  /// than it should take. Throws `error("guard_failed")` and `error("no_descriptors")`.
  attempt_outcome run();

private:
  using clock = std::chrono::steady_clock; // bounds on a process's own waiting; leases are the guard's matter

  guard_order make_order() const;
  void start(const signal_inbox::news& told);
  /// Returns false when the guard is gone, or is waited for no longer.
  bool wait();
  void read_news();
  void read_channel();
  /// Each reads some of what there is; returns true when there may be more.
  bool read_output();
  bool read_errors();
  /// Reads what is left when the command is gone.
  void read_rest();
  enum class stream_state { more, empty, ended };
  template <class Take>
  stream_state read_stream(int stream, Take take);
  /// From now on the attempt is given up after `time`.
  void give_up_after(std::chrono::milliseconds time);
  void finish();
  attempt_outcome outcome() const;
  attempt_outcome ended_by_itself(int code) const;
  attempt_outcome not_begun() const;
  attempt_outcome without_word() const;
  json result(int code) const;
  std::string words_of_command() const;

  step_context& context_;
  const exec_params& params_;
  const std::filesystem::path& guard_program_;
  std::shared_ptr<left_guards> left_;
  signal_inbox inbox_;
  captured_text output_;
  captured_text errors_;
  line_feed lines_;
  std::unique_ptr<guard_process> guard_;
  bool ready_ = false;
  bool interrupted_ = false;
  /// How it went, once the guard has said so.
  std::optional<guard_message> end_;
  std::optional<clock::time_point> give_up_at_;
};

} // namespace sluice
