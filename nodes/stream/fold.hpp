#pragma once

#include "model/node/node_type.hpp"
#include "nodes/jq/jq_program.hpp"
#include "nodes/stream/accumulator.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice {

/// What `aggregate` and `window` share: messages go by their key into groups, each with one figure. Groups
/// keep the order in which their keys came first. Thread: one owner.
class fold {
public:
  /// The options `key`, `op`, `value`, `max_keys`.
  static std::vector<option_spec> option_specs();
  /// Cooperative when every program runs without libjq. Throws `option_error`.
  static execution_kind execution(const options& given);

  /// Throws `option_error` for a bad program, or when `op` needs a `value` and there is none.
  explicit fold(const options& given);

  /// Folds `in` and returns true. Otherwise `in` has gone to `context.fail`: `jq_error`, `no_key`,
  /// `not_a_number`, `too_many_keys`.
  bool add(node_context& context, message& in);

  /// Emits `{"key": …, "<op>": …}` per group on output 0; without a `key` program one `{"<op>": …}`.
  void emit_all(node_context& context);
  /// The same, only for groups that changed since they were last emitted.
  void emit_changed(node_context& context);
  /// Forgets all groups.
  void clear();

  /// How many messages were folded since the last emission.
  std::size_t pending() const noexcept { return pending_; }

private:
  struct group {
    json key;
    accumulator figure;
    bool changed = false;
  };

  /// Throws `error` with a code for the message.
  group& group_of(const message& in);
  number value_of(const message& in);
  void emit(node_context& context, group& one) const;

  fold_operation operation_;
  std::optional<jq_program> key_;
  std::optional<jq_program> value_;
  std::size_t limit_;
  std::vector<group> groups_;
  std::unordered_map<std::string, std::size_t> places_;
  std::size_t pending_ = 0;
};

} // namespace sluice
