#include "nodes/jq/libjq_program.hpp"

#include "model/base/defaults.hpp"
#include "model/base/error.hpp"
#include "model/message/json_writer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

extern "C" {
#include <jq.h>
#include <jv.h>
}

#include <cmath>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// Error records wrap documents that are as deep as they may be.
constexpr std::size_t deepest_input = 2 * defaults::json_depth;

/// A program such as `repeat(.)` gives results without end; what no message asks for stops here.
constexpr std::size_t most_results = 1'000'000;

constexpr double exact_integers = 0x1p53;

/// Owns one jq value.
class jv_value {
public:
  explicit jv_value(jv value) noexcept : value_(value) {}
  jv_value(jv_value&& other) noexcept : value_(std::exchange(other.value_, jv_null())) {}
  jv_value& operator=(jv_value&&) = delete;
  ~jv_value() { jv_free(value_); }

  jv_kind kind() const noexcept { return jv_get_kind(value_); }
  /// For calls that do not consume.
  jv peek() const noexcept { return value_; }
  /// For calls that consume.
  jv copy() const noexcept { return jv_copy(value_); }
  jv release() noexcept { return std::exchange(value_, jv_null()); }
  /// Replaces what `release` gave away.
  void reset(jv value) noexcept { value_ = value; }

private:
  jv value_;
};

/// Integers of an input that a double cannot hold, by the double they become; null where two become the same.
using large_integers = std::unordered_map<double, ordered_json>;

class to_jq {
public:
  explicit to_jq(large_integers& large) : large_(large) {}

  jv convert(const ordered_json& value, std::size_t depth) {
    switch (value.type()) {
    case ordered_json::value_t::object:
      return convert_object(value, depth + 1);
    case ordered_json::value_t::array:
      return convert_array(value, depth + 1);
    case ordered_json::value_t::string:
      return convert_string(value.get_ref<const std::string&>());
    case ordered_json::value_t::boolean:
      return jv_bool(value.get<bool>() ? 1 : 0);
    case ordered_json::value_t::number_integer:
    case ordered_json::value_t::number_unsigned:
      return convert_integer(value);
    case ordered_json::value_t::number_float:
      return jv_number(value.get<double>());
    default:
      return jv_null();
    }
  }

private:
  static void check_depth(std::size_t depth) {
    if (depth > deepest_input)
      throw error("jq_error", fmt::format("the input is nested deeper than {} levels", deepest_input));
  }

  static int checked_size(std::size_t size) {
    if (size > static_cast<std::size_t>(std::numeric_limits<int>::max()) / 4)
      throw error("jq_error", fmt::format("a value of {} bytes or items is too large for jq", size));
    return static_cast<int>(size);
  }

  static jv convert_string(const std::string& value) {
    return jv_string_sized(value.data(), checked_size(value.size()));
  }

  jv convert_integer(const ordered_json& value) {
    const auto rounded = value.get<double>();
    if (std::abs(rounded) >= exact_integers) {
      const auto [place, is_new] = large_.emplace(rounded, value);
      if (!is_new && place->second != value)
        place->second = nullptr;
    }
    return jv_number(rounded);
  }

  jv convert_array(const ordered_json& value, std::size_t depth) {
    check_depth(depth);
    jv_value result(jv_array_sized(checked_size(value.size())));
    for (const auto& item : value.get_ref<const ordered_json::array_t&>()) {
      const jv converted = convert(item, depth);
      result.reset(jv_array_append(result.release(), converted));
    }
    return result.release();
  }

  jv convert_object(const ordered_json& value, std::size_t depth) {
    check_depth(depth);
    jv_value result(jv_object());
    for (const auto& [name, member] : value.get_ref<const ordered_json::object_t&>()) {
      jv_value key(convert_string(name));
      const jv converted = convert(member, depth);
      result.reset(jv_object_set(result.release(), key.release(), converted));
    }
    return result.release();
  }

  large_integers& large_;
};

class from_jq {
public:
  explicit from_jq(const large_integers& large) : large_(large) {}

  ordered_json convert(const jv_value& value, std::size_t depth) const {
    switch (value.kind()) {
    case JV_KIND_FALSE:
      return false;
    case JV_KIND_TRUE:
      return true;
    case JV_KIND_NUMBER:
      return convert_number(jv_number_value(value.peek()));
    case JV_KIND_STRING:
      return convert_string(value);
    case JV_KIND_ARRAY:
      return convert_array(value, depth + 1);
    case JV_KIND_OBJECT:
      return convert_object(value, depth + 1);
    default:
      return nullptr;
    }
  }

private:
  static void check_depth(std::size_t depth) {
    if (depth > defaults::json_depth)
      throw error("jq_error",
                  fmt::format("the result is nested deeper than {} levels", defaults::json_depth));
  }

  static std::string convert_string(const jv_value& value) {
    return {jv_string_value(value.peek()), static_cast<std::size_t>(jv_string_length_bytes(value.copy()))};
  }

  ordered_json convert_number(double value) const {
    const bool is_whole = value == std::floor(value) && std::abs(value) < 0x1p63;
    if (std::abs(value) >= exact_integers)
      if (const auto found = large_.find(value); found != large_.end() && !found->second.is_null())
        return found->second;
    if (is_whole && !(value == 0 && std::signbit(value)))
      return static_cast<std::int64_t>(value);
    return std::isnan(value) ? ordered_json() : ordered_json(value);
  }

  ordered_json convert_array(const jv_value& value, std::size_t depth) const {
    check_depth(depth);
    const int size = jv_array_length(value.copy());
    ordered_json::array_t items;
    items.reserve(static_cast<std::size_t>(size));
    for (int index = 0; index < size; ++index)
      items.push_back(convert(jv_value(jv_array_get(value.copy(), index)), depth));
    return items;
  }

  ordered_json convert_object(const jv_value& value, std::size_t depth) const {
    check_depth(depth);
    ordered_json::object_t members;
    members.reserve(static_cast<std::size_t>(jv_object_length(value.copy())));
    for (int at = jv_object_iter(value.peek()); jv_object_iter_valid(value.peek(), at) != 0;
         at = jv_object_iter_next(value.peek(), at)) {
      const jv_value name(jv_object_iter_key(value.peek(), at));
      const jv_value member(jv_object_iter_value(value.peek(), at));
      members.emplace_back(convert_string(name), convert(member, depth));
    }
    return members;
  }

  const large_integers& large_;
};

void remove(std::string& text, std::string_view part) {
  if (const auto at = text.find(part); at != std::string::npos)
    text.erase(at, part.size());
}

/// jq's message without what makes sense only to those who called its command line.
std::string tidy(std::string message) {
  if (const auto end = message.find('\n'); end != std::string::npos)
    message.resize(end);
  remove(message, "jq: error: ");
  remove(message, " (Unix shell quoting issues?)");
  remove(message, "<top-level>, ");
  while (!message.empty() && (message.back() == ':' || message.back() == ' '))
    message.pop_back();
  return message;
}

/// Collects what jq_compile complains of.
void collect_complaint(void* all, jv message) noexcept {
  const jv_value formatted(jq_format_error(message));
  if (formatted.kind() != JV_KIND_STRING)
    return;
  try {
    auto& complaints = *static_cast<std::string*>(all);
    auto text = tidy(jv_string_value(formatted.peek()));
    if (text.find("compile error") == std::string::npos)
      complaints += (complaints.empty() ? "" : "; ") + text;
  } catch (const std::bad_alloc&) {
    // The compilation fails all the same, with fewer words.
  }
}

struct close_jq {
  void operator()(jq_state* state) const noexcept { jq_teardown(&state); }
};

} // namespace

class libjq_program::implementation {
public:
  explicit implementation(const std::string& source) : state_(jq_init()) {
    if (!state_)
      throw std::bad_alloc();
    if (source.find('\0') != std::string::npos)
      throw error("bad_jq", "a program must not contain the byte NUL");
    std::string complaints;
    jq_set_error_cb(state_.get(), collect_complaint, &complaints);
    const int compiled = jq_compile(state_.get(), source.c_str());
    jq_set_error_cb(state_.get(), nullptr, nullptr);
    if (compiled == 0)
      throw error("bad_jq", complaints.empty() ? "jq does not say why" : complaints);
  }

  void run(const json& input, const std::function<bool(json)>& take) {
    large_integers large;
    const jv_value converted(to_jq(large).convert(input.value(), 0));
    jq_start(state_.get(), converted.copy(), 0);
    const at_exit rewind{state_.get()};
    for (std::size_t count = 0;; ++count) {
      const jv_value result(jq_next(state_.get()));
      if (result.kind() == JV_KIND_INVALID)
        return check_error(result, large);
      if (count == most_results)
        throw error("jq_error", fmt::format("more than {} results for one message", most_results));
      const bool untouched = jv_identical(result.copy(), converted.copy()) != 0;
      if (!take(untouched ? input : json(from_jq(large).convert(result, 0))))
        return;
    }
  }

private:
  /// Lets go of what a run left behind: no jq value outlives a call.
  struct at_exit {
    jq_state* state;
    explicit at_exit(jq_state* running) : state(running) {}
    at_exit(const at_exit&) = delete;
    at_exit& operator=(const at_exit&) = delete;
    ~at_exit() { jq_start(state, jv_null(), 0); }
  };

  static void check_error(const jv_value& invalid, const large_integers& large) {
    const jv_value message(jv_invalid_get_msg(invalid.copy()));
    if (message.kind() == JV_KIND_NULL) // the end, not an error
      return;
    const auto value = from_jq(large).convert(message, 0);
    std::string text;
    if (value.is_string())
      text = value.get<std::string>();
    else
      write_json(text, value);
    throw error("jq_error", text);
  }

  std::unique_ptr<jq_state, close_jq> state_;
};

libjq_program::libjq_program(const std::string& source)
    : implementation_(std::make_unique<implementation>(source)) {}

libjq_program::~libjq_program() = default;

void libjq_program::run(const json& input, const std::function<bool(json)>& take) {
  implementation_->run(input, take);
}

} // namespace sluice::detail
