#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/file_descriptor.hpp"
#include "nodes/io/line_sink.hpp"

namespace sluice {

/// Writes messages as lines to a file.
class file_sink final : public line_sink {
public:
  file_sink(std::string path, bool append, line_format format)
      : line_sink(format), path_(std::move(path)), append_(append) {}

  /// Opens or creates the file. Throws `error("cannot_open")`.
  void on_start(node_context&) override;

private:
  std::string destination() const override { return "'" + path_ + "'"; }
  void finish(node_context&) override;
  void release(node_context&) noexcept override { file_.close(); }
  /// A reader that leaves a named pipe is a failure here: nobody asked for an early end.
  error closed_error(node_context&) override;

  std::string path_;
  bool append_;
  file_descriptor file_;
};

/// The sink called `file`.
node_type file_sink_type();

} // namespace sluice
