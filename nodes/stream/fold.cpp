#include "nodes/stream/fold.hpp"

#include "nodes/stream/json_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {

namespace {

std::optional<jq_program> program(const options& given, const char* name) {
  if (!given.has(name))
    return std::nullopt;
  return jq_program(given.get_string(name), name);
}

} // namespace

std::vector<option_spec> fold::option_specs() {
  return {
      {.name = "key",
       .kind = option_kind::string,
       .required = false,
       .default_value = "",
       .description = "jq program that gives the group of a message; one group in all unless given."},
      {.name = "op",
       .kind = option_kind::choice,
       .required = true,
       .default_value = "",
       .description = "The figure. Percentiles are within 1 % of a value of that rank.",
       .choices = fold_operation_names()},
      {.name = "value",
       .kind = option_kind::string,
       .required = false,
       .default_value = "",
       .description =
           "jq program that gives the number to fold; required unless op is count, which ignores it."},
      {.name = "max_keys",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "100000",
       .description = "Most groups at a time.",
       .minimum = 1,
       .maximum = 1e8},
  };
}

execution_kind fold::execution(const options& given) {
  const auto key = program(given, "key");
  const auto value = program(given, "value");
  const bool native = (!key || key->is_native()) && (!value || value->is_native());
  return native ? execution_kind::cooperative : execution_kind::blocking;
}

fold::fold(const options& given)
    : operation_(parse_fold_operation(given.get_string("op"))),
      key_(program(given, "key")),
      value_(program(given, "value")),
      limit_(static_cast<std::size_t>(given.get_integer("max_keys"))) {
  if (operation_ == fold_operation::count)
    value_.reset();
  else if (!value_)
    throw option_error(
        "value", fmt::format("op {} needs value, a jq program that gives the number", to_string(operation_)));
  clear();
}

bool fold::add(node_context& context, message& in) {
  try {
    const number value = value_of(in);
    group& one = group_of(in);
    one.figure.add(value);
    one.changed = true;
  } catch (const error& failed) {
    context.fail(std::move(in), failed.code(), failed.what());
    return false;
  }
  ++pending_;
  return true;
}

number fold::value_of(const message& in) {
  if (!value_)
    return {};
  const auto found = value_->first(in);
  if (!found)
    throw error("not_a_number", "the program of value gave no value; end it with // 0 to allow that");
  if (const auto value = as_number(*found))
    return *value;
  constexpr std::size_t shown = 80;
  const std::string text = found->dump();
  throw error("not_a_number",
              fmt::format("the program of value gave {}{}, not a number; for numbers in strings use tonumber",
                          text.substr(0, shown), text.size() > shown ? "…" : ""));
}

fold::group& fold::group_of(const message& in) {
  if (!key_)
    return groups_.front();
  auto key = key_->first(in);
  if (!key)
    throw error("no_key", "the program of key gave no value; end it with // null to allow that");
  auto text = key_text(*key);
  if (const auto known = places_.find(text); known != places_.end())
    return groups_[known->second];
  if (groups_.size() >= limit_)
    throw error("too_many_keys",
                fmt::format("there are {} keys already and this one is new; raise max_keys", limit_));
  places_.emplace(std::move(text), groups_.size());
  return groups_.emplace_back(group{std::move(*key), accumulator(operation_)});
}

void fold::emit_all(node_context& context) {
  for (auto& one : groups_)
    emit(context, one);
  pending_ = 0;
}

void fold::emit_changed(node_context& context) {
  if (pending_ == 0)
    return;
  for (auto& one : groups_)
    if (one.changed)
      emit(context, one);
  pending_ = 0;
}

void fold::emit(node_context& context, group& one) const {
  auto record = nlohmann::ordered_json::object();
  if (key_)
    record["key"] = one.key.value();
  record[std::string(to_string(operation_))] = one.figure.result().value();
  context.emit(0, json(std::move(record)));
  one.changed = false;
}

void fold::clear() {
  groups_.clear();
  places_.clear();
  pending_ = 0;
  if (!key_)
    groups_.push_back({json(), accumulator(operation_)});
}

} // namespace sluice
