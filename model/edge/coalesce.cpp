#include "model/edge/coalesce.hpp"

#include "model/base/error.hpp"
#include "model/config/quantity.hpp"
#include "model/message/json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

namespace sluice {

namespace {

using document = nlohmann::ordered_json;

/// Longest text that `concat` makes, in bytes, and most items of an array or members of an object that it or
/// `merge` makes: each merge copies what is queued, and behind a consumer that does not move nothing else
/// would stop the growth.
constexpr std::size_t longest_text = defaults::line_limit;
constexpr std::size_t most_items = 10'000;

std::string_view payload_name_of(const message& one) {
  return one.content().empty() ? "nothing" : one.content().type()->name;
}

[[noreturn]] void refuse(std::string_view function, const std::string& why) {
  throw error("cannot_coalesce", fmt::format("coalesce: {}: {}", function, why));
}

[[noreturn]] void refuse_pair(std::string_view function, const message& queued, const message& incoming,
                              std::string_view wanted) {
  refuse(function, fmt::format("cannot join {} and {}; it takes {}", payload_name_of(queued),
                               payload_name_of(incoming), wanted));
}

// ---- numbers
// -------------------------------------------------------------------------------------------------------

using number = std::variant<std::int64_t, std::uint64_t, double>;

/// The C++ numbers, by their fundamental types: the fixed-width names are aliases of some of them.
template <class... Types>
struct type_list {};
using number_types = type_list<short, int, long, long long, unsigned short, unsigned, unsigned long,
                               unsigned long long, float, double>;

template <class T>
number widen(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return static_cast<double>(value);
  else if constexpr (std::is_signed_v<T>)
    return static_cast<std::int64_t>(value);
  else
    return static_cast<std::uint64_t>(value);
}

template <class... Types>
std::optional<number> read_native(const message& from, type_list<Types...>) {
  std::optional<number> result;
  const auto attempt = [&](const auto* value) {
    if (value != nullptr)
      result = widen(*value);
  };
  (attempt(from.get_if<Types>()), ...);
  return result;
}

std::optional<number> read_json(const document& value) {
  if (value.is_number_unsigned())
    return value.get<std::uint64_t>();
  if (value.is_number_integer())
    return value.get<std::int64_t>();
  if (value.is_number_float())
    return value.get<double>();
  return std::nullopt;
}

std::optional<number> read_text(std::string_view from) {
  if (const auto whole = parse_integer(from))
    return *whole;
  if (const auto real = parse_number(from))
    return *real;
  return std::nullopt;
}

std::optional<number> read_number(const message& from) {
  if (const auto* found = from.get_if<json>())
    return read_json(found->value());
  if (const auto* found = from.get_if<text>())
    return read_text(found->view());
  return read_native(from, number_types{});
}

std::pair<number, number> read_pair(std::string_view function, const message& queued,
                                    const message& incoming) {
  const auto a = read_number(queued);
  const auto b = read_number(incoming);
  if (!a || !b)
    refuse_pair(function, queued, incoming, "numbers, and text or JSON that is one");
  return {*a, *b};
}

bool is_whole(const number& value) {
  return !std::holds_alternative<double>(value);
}

double as_real(const number& value) {
  return std::visit([](auto found) { return static_cast<double>(found); }, value);
}

/// Every whole number here fits; so does the sum of two.
__extension__ using wide = __int128;

wide as_wide(const number& value) {
  return std::visit([](auto found) { return static_cast<wide>(found); }, value);
}

bool less(const number& a, const number& b) {
  return is_whole(a) && is_whole(b) ? as_wide(a) < as_wide(b) : as_real(a) < as_real(b);
}

/// Returns the exact sum of whole numbers, or nothing when it takes more than 64 bits; otherwise a double.
std::optional<number> add(const number& a, const number& b) {
  if (!is_whole(a) || !is_whole(b))
    return as_real(a) + as_real(b);
  const wide total = as_wide(a) + as_wide(b);
  if (total >= std::numeric_limits<std::int64_t>::min() && total <= std::numeric_limits<std::int64_t>::max())
    return static_cast<std::int64_t>(total);
  if (total >= 0 && total <= std::numeric_limits<std::uint64_t>::max())
    return static_cast<std::uint64_t>(total);
  return std::nullopt;
}

/// Puts `value` into `target` as a `T` if that is what it holds. Returns false when it does not fit.
template <class T>
bool store_native(message& target, const number& value) {
  if constexpr (std::is_floating_point_v<T>) {
    target.set_content(payload(static_cast<T>(as_real(value))));
  } else {
    if (!is_whole(value) || as_wide(value) < std::numeric_limits<T>::min() ||
        as_wide(value) > std::numeric_limits<T>::max())
      return false;
    target.set_content(payload(static_cast<T>(as_wide(value))));
  }
  return true;
}

template <class... Types>
bool store_as_same(message& target, const number& value, type_list<Types...>) {
  bool stored = false;
  ((target.content().holds<Types>() && (stored = store_native<Types>(target, value), true)) || ...);
  return stored;
}

/// Replaces the number in `target` by `value` in the same form. Returns false when it does not fit.
bool store_number(message& target, const number& value) {
  if (target.content().holds<json>()) {
    target.set_content(payload(json(std::visit([](auto found) { return document(found); }, value))));
    return true;
  }
  if (target.content().holds<text>()) {
    target.set_content(payload(text(std::visit([](auto found) { return fmt::format("{}", found); }, value))));
    return true;
  }
  return store_as_same(target, value, number_types{});
}

void sum(message& queued, message&& incoming) {
  const auto [a, b] = read_pair("sum", queued, incoming);
  const auto total = add(a, b);
  if (!total || (!is_whole(*total) && !std::isfinite(as_real(*total))) || !store_number(queued, *total))
    refuse("sum", fmt::format("the sum does not fit {}", payload_name_of(queued)));
}

void min(message& queued, message&& incoming) {
  if (const auto [a, b] = read_pair("min", queued, incoming); less(b, a))
    queued = std::move(incoming);
}

void max(message& queued, message&& incoming) {
  if (const auto [a, b] = read_pair("max", queued, incoming); less(a, b))
    queued = std::move(incoming);
}

// ---- any message
// ---------------------------------------------------------------------------------------------------

/// Returns how many messages `one` stands for: `{"count": n}`, which `count` makes, stands for n, all others
/// for one.
std::uint64_t weight(const message& one) {
  const auto* found = one.get_if<json>();
  if (found == nullptr || !found->value().is_object() || found->value().size() != 1)
    return 1;
  const auto member = found->value().find("count");
  if (member == found->value().end() || !member->is_number_integer())
    return 1;
  return member->is_number_unsigned() || member->get<std::int64_t>() >= 0 ? member->get<std::uint64_t>() : 1;
}

void count(message& queued, message&& incoming) {
  document total = document::object();
  total["count"] = weight(queued) + weight(incoming);
  message result{json(std::move(total))};
  result.set_trace(queued.trace());
  result.set_timestamp(queued.timestamp());
  result.set_key(queued.key());
  queued = std::move(result);
}

void first(message&, message&&) {}

void last(message& queued, message&& incoming) {
  queued = std::move(incoming);
}

// ---- text, arrays, objects
// -----------------------------------------------------------------------------------------

text join(std::string_view a, std::string_view b) {
  const std::size_t size = a.size() + 1 + b.size();
  if (size > longest_text)
    refuse("concat", fmt::format("the text would have {} bytes; at most {}", size, longest_text));
  return text::with_size(size, [&](char* out) {
    out += a.copy(out, a.size());
    *out++ = '\n';
    b.copy(out, b.size());
  });
}

void check_items(std::string_view function, std::size_t count) {
  if (count > most_items)
    refuse(function, fmt::format("the result would have {} items; at most {}", count, most_items));
}

void concat(message& queued, message&& incoming) {
  const auto* text_a = queued.get_if<text>();
  const auto* text_b = incoming.get_if<text>();
  if (text_a != nullptr && text_b != nullptr)
    return queued.set_content(payload(join(text_a->view(), text_b->view())));
  const auto* json_a = queued.get_if<json>();
  const auto* json_b = incoming.get_if<json>();
  if (json_a == nullptr || json_b == nullptr || !json_a->value().is_array() || !json_b->value().is_array())
    refuse_pair("concat", queued, incoming, "two texts or two JSON arrays");
  check_items("concat", json_a->value().size() + json_b->value().size());
  document joined = json_a->value();
  joined.insert(joined.end(), json_b->value().begin(), json_b->value().end());
  queued.set_content(payload(json(std::move(joined))));
}

void merge(message& queued, message&& incoming) {
  const auto* a = queued.get_if<json>();
  const auto* b = incoming.get_if<json>();
  if (a == nullptr || b == nullptr || !a->value().is_object() || !b->value().is_object())
    refuse_pair("merge", queued, incoming, "two JSON objects");
  document merged = a->value();
  for (const auto& member : b->value().items())
    merged[member.key()] = member.value();
  check_items("merge", merged.size());
  queued.set_content(payload(json(std::move(merged))));
}

struct entry {
  std::string_view name;
  void (*function)(message&, message&&);
};

constexpr std::array<entry, 8> functions{{{"sum", sum},
                                          {"min", min},
                                          {"max", max},
                                          {"count", count},
                                          {"first", first},
                                          {"last", last},
                                          {"concat", concat},
                                          {"merge", merge}}};

} // namespace

coalesce_function find_coalesce(std::string_view name) {
  for (const auto& one : functions)
    if (one.name == name)
      return one.function;
  return {};
}

std::vector<std::string> coalesce_names() {
  std::vector<std::string> names;
  for (const auto& one : functions)
    names.emplace_back(one.name);
  return names;
}

} // namespace sluice
