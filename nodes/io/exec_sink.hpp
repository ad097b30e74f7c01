#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/child_log.hpp"
#include "nodes/io/line_sink.hpp"

namespace sluice {

/// Writes messages as lines to the stdin of a program.
class exec_sink final : public line_sink {
public:
  exec_sink(std::vector<std::string> command, line_format format, std::chrono::nanoseconds grace)
      : line_sink(format), command_(std::move(command)), grace_(grace) {}

  /// Throws `error("cannot_start")`.
  void on_start(node_context&) override;

private:
  std::string destination() const override { return "'" + command_.front() + "'"; }
  void attend(node_context& context) override;
  void finish(node_context& context) override;
  void release(node_context& context) noexcept override;
  error closed_error(node_context& context) override;
  exit_status await_exit(node_context& context);

  std::vector<std::string> command_;
  std::chrono::nanoseconds grace_;
  child_log log_;
  std::unique_ptr<child_process> child_;
};

/// The sink called `exec`.
node_type exec_sink_type();

} // namespace sluice
