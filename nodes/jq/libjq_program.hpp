#pragma once

#include "model/message/json.hpp"

#include <functional>
#include <memory>
#include <string>

namespace sluice::detail {

/// A program compiled by libjq. Values cross by structure, not by text. Numbers are doubles inside jq, but an
/// integer beyond 2^53 that comes out as it went in is given back exactly. Thread: one at a time, not always
/// the same one; no jq value outlives a call.
class libjq_program {
public:
  /// Throws `error("bad_jq")` with jq's own words.
  explicit libjq_program(const std::string& source);
  ~libjq_program();
  libjq_program(libjq_program&&) = delete;
  libjq_program& operator=(libjq_program&&) = delete;

  /// Calls `take` for each result until it returns false. A result that is the input itself is the same
  /// handle. Throws `error("jq_error")` with jq's message, also for results that are nested too deep or that
  /// do not end.
  void run(const json& input, const std::function<bool(json)>& take);

private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace sluice::detail
