#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/child_log.hpp"
#include "nodes/io/line_reader.hpp"

namespace sluice {

/// Reads the lines that a program writes to its stdout, and may start it again when it ends.
class exec_source final : public node {
public:
  enum class restart_rule : std::uint8_t { never, on_failure, always };

  struct settings {
    std::vector<std::string> command;
    restart_rule restart = restart_rule::never;
    std::chrono::nanoseconds restart_delay{0};
    std::chrono::nanoseconds grace{0};
    std::size_t line_limit = defaults::line_limit;
  };

  explicit exec_source(settings chosen);

  void on_start(node_context&) override { start_child(); }
  produce_result produce(node_context& context, std::size_t room) override;
  void on_stop(node_context& context) override;

private:
  void start_child();
  void read_output(node_context& context);
  produce_result await_restart(node_context& context);
  produce_result await_exit(node_context& context);
  produce_result after_exit(node_context& context, const exit_status& status, const std::string& words);

  settings settings_;
  line_reader reader_;
  child_log log_;
  std::unique_ptr<child_process> child_;
  /// The output of the present child was read to its end.
  bool output_ended_ = false;
  bool ended_ = false;
  std::chrono::nanoseconds restart_at_{0};
};

/// The source called `exec`.
node_type exec_source_type();

} // namespace sluice
