#pragma once

#include "model/node/node_type.hpp"
#include "nodes/io/line_reader.hpp"
#include "nodes/io/watched_file.hpp"

namespace sluice {

/// Reads the lines of a file, and goes on as it grows when told to follow.
class file_source final : public node {
public:
  struct settings {
    std::string path;
    bool follow = false;
    bool from_end = false;
    std::size_t line_limit = defaults::line_limit;
  };

  explicit file_source(settings chosen);

  void on_start(node_context& context) override;
  produce_result produce(node_context& context, std::size_t room) override;
  void on_stop(node_context&) override { file_.close(); }

private:
  void read_more(node_context& context);
  void await_file(node_context& context);
  void follow_changes(node_context& context);
  void start_again(node_context& context);
  void open_next(node_context& context);
  std::string missing_text() const;
  bool try_open(node_context& context);
  void log_trouble_once(node_context& context, std::string_view event, const std::string& text);

  settings settings_;
  watched_file file_;
  line_reader reader_;
  bool ended_ = false;
  /// The path has another file; the open one is read to its end first.
  bool replaced_ = false;
  /// A last line without line end of the file before is still to come.
  bool reset_due_ = false;
  bool trouble_logged_ = false;
};

/// The source called `file`.
node_type file_source_type();

} // namespace sluice
