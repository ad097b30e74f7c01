#pragma once

#include "model/base/log.hpp"

#include <exception>
#include <string>
#include <utility>

namespace sluice {

/// Logs failures of something that is tried again and again: once for each change of what is wrong, and when
/// it works again.
class failure_log {
public:
  /// `subject` begins the events' names: `SUBJECT_failed` and `SUBJECT_recovered`.
  failure_log(log_sink log, std::string subject) : log_(std::move(log)), subject_(std::move(subject)) {}

  void failed(const std::exception_ptr& why);
  void succeeded();

private:
  log_sink log_;
  std::string subject_;
  /// What was said last; empty: all is well.
  std::string said_;
};

} // namespace sluice
