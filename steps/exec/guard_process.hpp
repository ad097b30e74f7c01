#pragma once

#include "steps/exec/guard_channel.hpp"
#include "steps/exec/guard_order.hpp"
#include "steps/exec/left_guards.hpp"
#include "steps/owned_descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// A guard that was started, as its worker sees it. Thread: one.
class guard_process {
public:
  /// Starts `program` (empty: this one) as a guard with `order`, and with `input` as the command's stdin
  /// (none: /dev/null). `first` is the first message it finds, if any. Throws `error("guard_failed")`.
  guard_process(const std::filesystem::path& program, const guard_order& order,
                const std::optional<std::string>& input, const std::optional<guard_message>& first,
                std::shared_ptr<left_guards> left);
  guard_process(const guard_process&) = delete;
  guard_process& operator=(const guard_process&) = delete;
  /// Ends it, if it lives: it kills everything. Waits for that, with a bound.
  ~guard_process();

  pid_t id() const noexcept { return id_; }
  guard_channel& channel() noexcept { return channel_; }
  /// The command's stdout and stderr, non-blocking.
  int output() const noexcept { return output_.get(); }
  int errors() const noexcept { return errors_.get(); }
  void close_output() noexcept { output_.close(); }
  void close_errors() noexcept { errors_.close(); }

  /// Waits at most `longest` for its end, collects it and returns true; false while it lives.
  bool await_end(std::chrono::milliseconds longest);
  /// Ends a process that does not behave as a guard, and what it has started in its session.
  void kill();
  /// Kills what a guard that has ended without doing so has left in its session. Before `await_end`: until
  /// then its number is its own.
  void kill_leftovers() const;

private:
  void start(const std::filesystem::path& program, int input, int output, int errors, int channel, int order);

  pid_t id_ = 0;
  owned_descriptor process_;
  guard_channel channel_;
  owned_descriptor output_;
  owned_descriptor errors_;
  std::shared_ptr<left_guards> left_;
};

} // namespace sluice
