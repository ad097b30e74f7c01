#pragma once

#include "model/base/log.hpp"
#include "runtime/cli/console.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sluice {

/// Writes log lines to a console by spdlog: text for people, or one JSON object a line with `time`, `level`,
/// `event` and `message`. Any thread.
class log_writer {
public:
  struct settings {
    /// `debug`, `info`, `warning` or `error`.
    std::string level = "warning";
    bool json = false;
    bool colours = false;
  };

  /// `target` must outlive this object and every sink.
  log_writer(console& target, const settings& wanted);
  ~log_writer();
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;

  /// Returns a sink that writes here; valid while this object is.
  log_sink sink();

  /// From now on: `debug`, `info`, `warning` or `error`. Any thread.
  void set_level(const std::string& level) noexcept;

  /// Tells the person at the terminal something that was asked for: `sluice: TEXT`, or a JSON line of level
  /// info. It passes by the level, unless that is `error`: then only errors are wanted.
  void announce(std::string_view event, std::string_view text);

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice
