#include "nodes/jq/jq_order.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;
using value_t = ordered_json::value_t;

int rank(const ordered_json& value) noexcept {
  switch (value.type()) {
  case value_t::boolean:
    return value.get<bool>() ? 2 : 1;
  case value_t::number_integer:
  case value_t::number_unsigned:
  case value_t::number_float:
    return 3;
  case value_t::string:
    return 4;
  case value_t::array:
    return 5;
  case value_t::object:
    return 6;
  default:
    return 0;
  }
}

int sign(int value) noexcept {
  return (value > 0) - (value < 0);
}

int compare_arrays(const ordered_json::array_t& a, const ordered_json::array_t& b) {
  const auto shared = std::min(a.size(), b.size());
  for (std::size_t index = 0; index < shared; ++index)
    if (const int order = jq_compare(a[index], b[index]); order != 0)
      return order;
  return (a.size() > b.size()) - (a.size() < b.size());
}

using member = ordered_json::object_t::value_type;

std::vector<const member*> sorted(const ordered_json::object_t& object) {
  std::vector<const member*> members;
  members.reserve(object.size());
  for (const auto& one : object)
    members.push_back(&one);
  std::sort(members.begin(), members.end(),
            [](const member* a, const member* b) { return a->first < b->first; });
  return members;
}

int compare_objects(const ordered_json::object_t& a, const ordered_json::object_t& b) {
  const auto left = sorted(a);
  const auto right = sorted(b);
  const auto shared = std::min(left.size(), right.size());
  for (std::size_t index = 0; index < shared; ++index)
    if (const int order = sign(left[index]->first.compare(right[index]->first)); order != 0)
      return order;
  if (left.size() != right.size())
    return left.size() < right.size() ? -1 : 1;
  for (std::size_t index = 0; index < shared; ++index)
    if (const int order = jq_compare(left[index]->second, right[index]->second); order != 0)
      return order;
  return 0;
}

} // namespace

int jq_compare(const ordered_json& a, const ordered_json& b) {
  const int kind = rank(a);
  if (const int other = rank(b); kind != other)
    return kind < other ? -1 : 1;
  switch (kind) {
  case 3: {
    const auto left = a.get<double>();
    const auto right = b.get<double>();
    return (left > right) - (left < right);
  }
  case 4:
    return sign(a.get_ref<const std::string&>().compare(b.get_ref<const std::string&>()));
  case 5:
    return compare_arrays(a.get_ref<const ordered_json::array_t&>(),
                          b.get_ref<const ordered_json::array_t&>());
  case 6:
    return compare_objects(a.get_ref<const ordered_json::object_t&>(),
                           b.get_ref<const ordered_json::object_t&>());
  default:
    return 0;
  }
}

std::string_view jq_kind_name(const ordered_json& value) noexcept {
  constexpr std::string_view names[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};
  return names[rank(value)];
}

bool jq_is_true(const ordered_json& value) noexcept {
  return !value.is_null() && !(value.is_boolean() && !value.get<bool>());
}

} // namespace sluice::detail
