#include "model/message/json_reader.hpp"

#include "model/base/defaults.hpp"
#include "model/base/error.hpp"
#include "model/message/json_number.hpp"
#include "model/message/json_scan.hpp"
#include "model/message/utf8.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// Objects with more members than this look duplicate names up in a hash table.
constexpr std::size_t linear_lookup_limit = 24;

class reader {
public:
  explicit reader(std::string_view source)
      : begin_(source.data()), at_(source.data()), end_(source.data() + source.size()) {
    // One small allocation, of the sizes that malloc keeps at hand for each thread.
    constexpr std::size_t usual_members = 16;
    members_.reserve(usual_members);
  }

  /// What is worth keeping of the source, once the document was read.
  kept_form keep() const noexcept {
    if (canonical_)
      return kept_form::source;
    // With a name twice the source says more than the document.
    return has_wide_ && !folded_ ? kept_form::compacted : kept_form::none;
  }

  ordered_json read_document() {
    if (rest().substr(0, byte_order_mark.size()) == byte_order_mark) {
      at_ += byte_order_mark.size();
      canonical_ = false;
    }
    skip_space();
    if (at_ == end_)
      fail("there is no value; the text is empty");
    ordered_json result;
    read_value(result, 0);
    skip_space();
    if (at_ != end_)
      fail(fmt::format("expected the end after the document, found {}", found()));
    return result;
  }

private:
  using member = std::pair<std::string, ordered_json>;

  std::string_view rest() const noexcept { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  [[noreturn]] void fail(const std::string& trouble) const {
    throw error("bad_json", fmt::format("bad JSON at byte {}: {}", at_ - begin_, trouble));
  }

  std::string found() const {
    if (at_ == end_)
      return "the end of the text";
    const auto byte = static_cast<unsigned char>(*at_);
    return byte > 0x20 && byte < 0x7F ? fmt::format("'{}'", *at_) : fmt::format("byte 0x{:02X}", byte);
  }

  void skip_space() noexcept {
    if (at_ == end_ || !is_space(*at_))
      return;
    canonical_ = false;
    while (at_ != end_ && is_space(*at_))
      ++at_;
  }

  bool accept(char wanted) noexcept {
    if (at_ == end_ || *at_ != wanted)
      return false;
    ++at_;
    return true;
  }

  void read_value(ordered_json& out, std::size_t depth) {
    switch (at_ == end_ ? '\0' : *at_) {
    case '{':
      read_object(out, depth + 1);
      break;
    case '[':
      read_array(out, depth + 1);
      break;
    case '"':
      ++at_;
      out = read_string();
      break;
    case 't':
      read_word("true");
      out = true;
      break;
    case 'f':
      read_word("false");
      out = false;
      break;
    case 'n':
      read_word("null");
      out = nullptr;
      break;
    default:
      read_number(out);
    }
  }

  void read_word(std::string_view word) {
    if (rest().substr(0, word.size()) != word)
      fail(fmt::format("expected a value; did you mean {}?", word));
    at_ += word.size();
  }

  void enter(std::size_t depth) {
    if (depth > defaults::json_depth)
      fail(fmt::format("nested deeper than {} levels", defaults::json_depth));
    ++at_;
    skip_space();
  }

  void read_array(ordered_json& out, std::size_t depth) {
    enter(depth);
    const auto base = items_.size();
    if (!accept(']')) {
      for (;;) {
        ordered_json item;
        read_value(item, depth);
        items_.push_back(std::move(item));
        skip_space();
        if (accept(']'))
          break;
        if (!accept(','))
          fail(fmt::format("expected ',' or ']' in an array, found {}", found()));
        skip_space();
      }
    }
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(base);
    out = ordered_json::array_t(std::make_move_iterator(first), std::make_move_iterator(items_.end()));
    items_.resize(base);
  }

  void read_object(ordered_json& out, std::size_t depth) {
    enter(depth);
    const auto base = members_.size();
    if (!accept('}')) {
      for (;;) {
        read_member(depth);
        skip_space();
        if (accept('}'))
          break;
        if (!accept(','))
          fail(fmt::format("expected ',' or '}}' in an object, found {}", found()));
        skip_space();
      }
    }
    fold_duplicates(base);
    ordered_json::object_t object;
    object.reserve(members_.size() - base);
    for (auto index = base; index < members_.size(); ++index)
      object.emplace_back(std::move(members_[index].first), std::move(members_[index].second));
    members_.resize(base);
    out = std::move(object);
  }

  void read_member(std::size_t depth) {
    if (!accept('"'))
      fail(fmt::format("expected a member name in quotes, found {}", found()));
    auto name = read_string();
    skip_space();
    if (!accept(':'))
      fail(fmt::format("expected ':' after the member name, found {}", found()));
    skip_space();
    ordered_json value;
    read_value(value, depth);
    members_.emplace_back(std::move(name), std::move(value));
  }

  /// Leaves each name once among the members from `base` on: the last value at the first one's place.
  void fold_duplicates(std::size_t base) {
    const auto count = members_.size() - base;
    std::unordered_map<std::string_view, std::size_t> places;
    if (count > linear_lookup_limit)
      places.reserve(count);
    std::vector<std::size_t> repeated;
    for (auto index = base; index < members_.size(); ++index) {
      const auto first = count > linear_lookup_limit
                             ? places.emplace(members_[index].first, index).first->second
                             : find_member(base, index);
      if (first == index)
        continue;
      members_[first].second = std::move(members_[index].second);
      repeated.push_back(index);
    }
    if (repeated.empty())
      return;
    canonical_ = false;
    folded_ = true;
    auto next = repeated.begin();
    auto keep = *next;
    for (auto index = keep; index < members_.size(); ++index) {
      if (next != repeated.end() && *next == index)
        ++next;
      else
        members_[keep++] = std::move(members_[index]);
    }
    members_.resize(keep);
  }

  std::size_t find_member(std::size_t base, std::size_t last) const noexcept {
    for (auto index = base; index < last; ++index)
      if (members_[index].first == members_[last].first)
        return index;
    return last;
  }

  /// Reads the rest of a string, after its opening quote.
  std::string read_string() {
    const char* start = at_;
    skip_plain();
    if (at_ != end_ && *at_ == '"') {
      std::string result(start, at_);
      ++at_;
      return result;
    }
    std::string result(start, at_);
    for (;;) {
      start = at_;
      skip_plain();
      result.append(start, at_);
      if (at_ == end_)
        fail("a string is not closed");
      if (accept('"'))
        return result;
      read_special(result);
    }
  }

  void skip_plain() noexcept { at_ = skip_plain_json(at_, end_); }

  void read_special(std::string& out) {
    if (accept('\\'))
      return read_escape(out);
    if (static_cast<unsigned char>(*at_) < 0x20)
      fail(fmt::format("{} in a string must be escaped", found()));
    const char* start = at_;
    while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x80) {
      const auto length = utf8_sequence_length(rest());
      if (length == 0)
        fail(fmt::format("{} in a string is not UTF-8", found()));
      at_ += length;
    }
    out.append(start, at_);
  }

  void read_escape(std::string& out) {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    if (accept('u')) {
      canonical_ = false; // the writer escapes only where it must
      return append_utf8(out, read_code_point());
    }
    const auto which = at_ == end_ ? std::string_view::npos : names.find(*at_);
    if (which == std::string_view::npos)
      fail(fmt::format("expected an escape such as \\n or \\u00e9, found {}", found()));
    canonical_ = canonical_ && *at_ != '/';
    ++at_;
    out.push_back(values[which]);
  }

  char32_t read_code_point() {
    const auto high = read_four_digits();
    if (high < 0xD800 || high > 0xDFFF)
      return high;
    if (high > 0xDBFF || !accept('\\') || !accept('u'))
      fail("half of a surrogate pair stands alone");
    const auto low = read_four_digits();
    if (low < 0xDC00 || low > 0xDFFF)
      fail("half of a surrogate pair stands alone");
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  }

  char32_t read_four_digits() {
    std::uint32_t code = 0;
    const auto digits = rest().substr(0, 4);
    const auto [stopped, trouble] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (trouble != std::errc{} || stopped != digits.data() + 4 || digits.front() == '-')
      fail("expected four hexadecimal digits after \\u");
    at_ += 4;
    return code;
  }

  void read_number(ordered_json& out) {
    const char* start = at_;
    const bool negative = accept('-');
    const char* digits = at_;
    if (at_ == end_ || !is_digit(*at_)) {
      at_ = start;
      fail(fmt::format("expected a value, found {}", found()));
    }
    std::uint64_t whole = 0;
    bool fits = true;
    for (; at_ != end_ && is_digit(*at_); ++at_) {
      const auto digit = static_cast<std::uint64_t>(*at_ - '0');
      fits = fits && whole <= (std::numeric_limits<std::uint64_t>::max() - digit) / 10;
      whole = whole * 10 + digit;
    }
    if (*digits == '0' && at_ - digits > 1)
      fail("a number must not start with 0");
    constexpr auto most_negative = std::uint64_t{1} << 63;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E'))
      return read_fraction(out, start);
    if (!negative && fits)
      out = whole;
    else if (negative && fits && whole != 0 && whole <= most_negative)
      out = static_cast<std::int64_t>(0 - whole);
    else if (fits && whole == 0)
      out = to_double({start, static_cast<std::size_t>(at_ - start)});
    else
      read_wide(out, {start, static_cast<std::size_t>(at_ - start)});
  }

  /// A whole number beyond 64 bits: the document has the nearest double, the source keeps the digits.
  void read_wide(ordered_json& out, std::string_view number) {
    out = convert(number);
    has_wide_ = true;
  }

  void read_fraction(ordered_json& out, const char* start) {
    if (accept('.'))
      skip_digits("expected a digit after the decimal point");
    if (accept('e') || accept('E')) {
      if (!accept('+'))
        accept('-');
      skip_digits("expected a digit in the exponent");
    }
    out = to_double({start, static_cast<std::size_t>(at_ - start)});
  }

  void skip_digits(const char* trouble) {
    if (at_ == end_ || !is_digit(*at_))
      fail(trouble);
    while (at_ != end_ && is_digit(*at_))
      ++at_;
  }

  double to_double(std::string_view number) {
    const auto value = convert(number);
    canonical_ = canonical_ && is_canonical_double(number, value);
    return value;
  }

  double convert(std::string_view number) const {
    double value = 0;
    const auto trouble = std::from_chars(number.data(), number.data() + number.size(), value).ec;
    if (trouble == std::errc{} && std::isfinite(value))
      return value;
    if (is_underflow(number))
      return number.front() == '-' ? -0.0 : 0.0;
    fail("the number before this is larger than a double can be");
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  bool canonical_ = true;
  bool has_wide_ = false;
  bool folded_ = false;
  /// What the open arrays and objects have so far, innermost last: their own vectors then get the exact size
  /// at once.
  std::vector<ordered_json> items_;
  std::vector<member> members_;
};

} // namespace

nlohmann::ordered_json read_json(std::string_view source, kept_form& keep) {
  reader from(source);
  auto result = from.read_document();
  keep = from.keep();
  return result;
}

} // namespace sluice::detail
