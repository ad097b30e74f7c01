#pragma once

#include "nodes/jq/native_syntax.hpp"

#include <nlohmann/json_fwd.hpp>

#include <deque>

namespace sluice::detail {

/// Runs a program of the native subset. Every result is a pointer: into the input, to a literal of the
/// program, or to a value made on the way. Thread: one at a time.
class native_program {
public:
  explicit native_program(native_syntax syntax);
  ~native_program();
  native_program(native_program&&) = delete;
  native_program& operator=(native_program&&) = delete;

  /// Returns the one result, or nullptr for `empty`; valid until the next call, while `input` lives. Throws
  /// `error("jq_error")` with the text that libjq gives.
  const nlohmann::ordered_json* run(const nlohmann::ordered_json& input);

  /// True for `.`.
  bool is_identity() const noexcept {
    return syntax_.nodes[syntax_.root].operation == native_operation::identity;
  }

private:
  using value = const nlohmann::ordered_json*;

  value evaluate(std::size_t place, value input);
  value compare(const native_node& node, value input);
  value combine(const native_node& node, value input);
  value build(const native_node& node, value input);
  value keep(nlohmann::ordered_json made);

  native_syntax syntax_;
  /// Objects that were built during this run; a deque, so that they stay where they are.
  std::deque<nlohmann::ordered_json> made_;
};

} // namespace sluice::detail
