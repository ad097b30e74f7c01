#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/line_reader.hpp"

namespace sluice {

/// Reads lines from a descriptor that it does not own: stdin, or a pipe in tests.
class stdin_source final : public node {
public:
  stdin_source(int descriptor, std::size_t line_limit)
      : reader_("stdin", line_limit), descriptor_(descriptor) {}

  produce_result produce(node_context& context, std::size_t room) override;
  void on_stop(node_context& context) override;

private:
  line_reader reader_;
  int descriptor_;
  bool ended_ = false;
};

/// The type `stdin`.
node_type stdin_source_type();

} // namespace sluice
