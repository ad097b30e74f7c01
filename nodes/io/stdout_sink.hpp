#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/line_sink.hpp"

namespace sluice {

/// Writes messages as lines to a descriptor that it does not own: stdout, or a pipe in tests.
class stdout_sink final : public line_sink {
public:
  stdout_sink(int descriptor, line_format format) : line_sink(format), descriptor_(descriptor) {}

  void on_start(node_context&) override { attach(descriptor_); }

private:
  std::string destination() const override { return "stdout"; }

  int descriptor_;
};

/// The type `stdout`.
node_type stdout_sink_type();

} // namespace sluice
