#include "nodes/jq/native_program.hpp"

#include "model/base/error.hpp"
#include "nodes/jq/jq_order.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

const ordered_json null_result = nullptr;
const ordered_json true_result = true;
const ordered_json false_result = false;

const ordered_json* truth(bool value) noexcept {
  return value ? &true_result : &false_result;
}

const ordered_json* member_of(const ordered_json& from, const std::string& name) {
  if (from.is_object()) {
    const auto& members = from.get_ref<const ordered_json::object_t&>();
    for (const auto& [found, value] : members)
      if (found == name)
        return &value;
    return &null_result;
  }
  if (from.is_null())
    return &null_result;
  // jq names the string only when it is short.
  if (name.size() < 30)
    throw error("jq_error", fmt::format("Cannot index {} with string \"{}\"", jq_kind_name(from), name));
  throw error("jq_error", fmt::format("Cannot index {} with string", jq_kind_name(from)));
}

const ordered_json* element_of(const ordered_json& from, int index) {
  if (from.is_array()) {
    const auto& items = from.get_ref<const ordered_json::array_t&>();
    const auto place = index < 0 ? index + static_cast<std::ptrdiff_t>(items.size()) : std::ptrdiff_t{index};
    if (place < 0 || place >= static_cast<std::ptrdiff_t>(items.size()))
      return &null_result;
    return &items[static_cast<std::size_t>(place)];
  }
  if (from.is_null())
    return &null_result;
  throw error("jq_error", fmt::format("Cannot index {} with number", jq_kind_name(from)));
}

bool holds(native_operation operation, const ordered_json& left, const ordered_json& right) {
  const int order = jq_compare(left, right);
  switch (operation) {
  case native_operation::equal:
    return order == 0;
  case native_operation::unequal:
    return order != 0;
  case native_operation::less:
    return order < 0;
  case native_operation::less_or_equal:
    return order <= 0;
  case native_operation::greater:
    return order > 0;
  default:
    return order >= 0;
  }
}

} // namespace

native_program::native_program(native_syntax syntax) : syntax_(std::move(syntax)) {}

native_program::~native_program() = default;

const ordered_json* native_program::run(const ordered_json& input) {
  if (!made_.empty())
    made_.clear();
  return evaluate(syntax_.root, &input);
}

native_program::value native_program::evaluate(std::size_t place, value input) {
  const auto& node = syntax_.nodes[place];
  switch (node.operation) {
  case native_operation::identity:
    return input;
  case native_operation::literal:
    return &node.literal.value();
  case native_operation::nothing:
    return nullptr;
  case native_operation::negation:
    return truth(!jq_is_true(*input));
  case native_operation::member: {
    const auto from = evaluate(node.left, input);
    return from != nullptr ? member_of(*from, node.name) : nullptr;
  }
  case native_operation::element: {
    const auto from = evaluate(node.left, input);
    return from != nullptr ? element_of(*from, node.index) : nullptr;
  }
  case native_operation::pipe: {
    const auto from = evaluate(node.left, input);
    return from != nullptr ? evaluate(node.right, from) : nullptr;
  }
  case native_operation::selection: {
    const auto wanted = evaluate(node.left, input);
    return wanted != nullptr && jq_is_true(*wanted) ? input : nullptr;
  }
  case native_operation::object:
    return build(node, input);
  case native_operation::both:
  case native_operation::either:
    return combine(node, input);
  default:
    return compare(node, input);
  }
}

native_program::value native_program::compare(const native_node& node, value input) {
  // The right side first, as in jq: of two failing sides it is the right one whose error is seen.
  const auto right = evaluate(node.right, input);
  if (right == nullptr)
    return nullptr;
  const auto left = evaluate(node.left, input);
  return left != nullptr ? truth(holds(node.operation, *left, *right)) : nullptr;
}

native_program::value native_program::combine(const native_node& node, value input) {
  const auto left = evaluate(node.left, input);
  if (left == nullptr)
    return nullptr;
  if (jq_is_true(*left) == (node.operation == native_operation::either))
    return truth(node.operation == native_operation::either);
  const auto right = evaluate(node.right, input);
  return right != nullptr ? truth(jq_is_true(*right)) : nullptr;
}

native_program::value native_program::build(const native_node& node, value input) {
  ordered_json::object_t object;
  object.reserve(node.parts.size());
  for (const auto& [name, place] : node.parts) {
    const auto part = evaluate(place, input);
    if (part == nullptr)
      return nullptr;
    object[name] = *part;
  }
  return keep(std::move(object));
}

native_program::value native_program::keep(ordered_json made) {
  made_.push_back(std::move(made));
  return &made_.back();
}

} // namespace sluice::detail
