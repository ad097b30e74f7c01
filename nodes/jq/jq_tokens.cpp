#include "nodes/jq/jq_tokens.hpp"

#include "model/message/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace sluice::detail {

namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) noexcept {
  return is_letter(c) || is_digit(c);
}

class tokenizer {
public:
  explicit tokenizer(std::string_view source) : source_(source) {}

  std::vector<jq_token> run() {
    while (at_ < source_.size())
      read_token();
    return std::move(tokens_);
  }

private:
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }

  void add(jq_token_kind kind, std::string_view text, std::size_t at) {
    tokens_.push_back({kind, std::string(text), at});
  }

  void read_token() {
    const char c = peek();
    if (c == ' ' || c == '\n' || c == '\t')
      ++at_;
    else if (c == '#')
      at_ = std::min(source_.find_first_of("\r\n", at_), source_.size());
    else if (c == '"')
      read_string();
    else if (is_letter(c))
      read_identifier();
    else if (c == '.' && is_letter(peek(1)))
      read_word(jq_token_kind::field);
    else if (is_digit(c) || c == '.')
      read_number();
    else if (c == '@' && is_word(peek(1)))
      read_word(jq_token_kind::format);
    else
      read_operation();
  }

  /// A mark (`.` or `@`) and the word after it.
  void read_word(jq_token_kind kind) {
    const auto start = at_++;
    while (is_word(peek()))
      ++at_;
    add(kind, source_.substr(start + 1, at_ - start - 1), start);
  }

  void read_identifier() {
    const auto start = at_;
    while (is_word(peek()) || (peek() == ':' && peek(1) == ':' && is_letter(peek(2))))
      at_ += peek() == ':' ? 2 : 1;
    add(jq_token_kind::identifier, source_.substr(start, at_ - start), start);
  }

  void read_number() {
    const auto start = at_;
    while (is_digit(peek()) || peek() == '.')
      ++at_;
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      at_ += 1 + sign;
      while (is_digit(peek()))
        ++at_;
    }
    const auto text = source_.substr(start, at_ - start);
    add(text == "." || text == ".." ? jq_token_kind::operation : jq_token_kind::number, text, start);
  }

  void read_operation() {
    constexpr std::array<std::string_view, 13> long_ones = {
        "?//", "//=", "//", "!=", "==", "|=", "+=", "-=", "*=", "/=", "%=", "<=", ">="};
    const auto rest = source_.substr(at_);
    for (const auto one : long_ones)
      if (rest.substr(0, one.size()) == one)
        return take_operation(one);
    if (rest.front() == '(')
      ++parentheses_;
    else if (rest.front() == ')' && parentheses_ == 0 && !interpolations_.empty())
      return leave_interpolation();
    else if (rest.front() == ')' && parentheses_ > 0)
      --parentheses_;
    if (std::string_view("?=;,:|+-*/%$<>()[]{}").find(rest.front()) != std::string_view::npos)
      return take_operation(rest.substr(0, 1));
    add(jq_token_kind::unknown, rest.substr(0, 1), at_++);
  }

  void take_operation(std::string_view text) {
    add(jq_token_kind::operation, text, at_);
    at_ += text.size();
  }

  void read_string() {
    const auto start = at_++;
    std::string text;
    bool doubtful = false;
    if (read_string_text(text, doubtful)) {
      tokens_.push_back({jq_token_kind::text, std::move(text), start, doubtful});
      return;
    }
    enter_interpolation(start);
  }

  /// Reads up to the closing quote and returns true, or up to the `\(` that begins code and returns false.
  bool read_string_text(std::string& text, bool& doubtful) {
    while (at_ < source_.size()) {
      const char c = source_[at_++];
      if (c == '"')
        return true;
      if (c != '\\')
        text.push_back(c);
      else if (peek() == '(')
        return false;
      else
        doubtful |= !read_escape(text);
    }
    doubtful = true; // never closed
    return true;
  }

  bool read_escape(std::string& text) {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    const char name = peek();
    at_ += at_ < source_.size() ? 1 : 0;
    if (const auto which = names.find(name); which != std::string_view::npos) {
      text.push_back(values[which]);
      return true;
    }
    std::uint32_t code = 0;
    const auto digits = source_.substr(std::min(at_, source_.size()), 4);
    const auto stopped = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
    if (name != 'u' || stopped != digits.data() + 4 || (code >= 0xD800 && code <= 0xDFFF))
      return false;
    append_utf8(text, code);
    at_ += 4;
    return true;
  }

  void enter_interpolation(std::size_t start) {
    add(jq_token_kind::text_part, "(", start);
    ++at_; // the parenthesis
    interpolations_.push_back(parentheses_);
    parentheses_ = 0;
  }

  void leave_interpolation() {
    parentheses_ = interpolations_.back();
    interpolations_.pop_back();
    const auto start = at_++;
    std::string text;
    bool doubtful = false;
    add(jq_token_kind::text_part, ")", start);
    if (!read_string_text(text, doubtful))
      enter_interpolation(start);
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::vector<jq_token> tokens_;
  /// Parentheses open in the code at hand, and in the code around each open interpolation.
  std::size_t parentheses_ = 0;
  std::vector<std::size_t> interpolations_;
};

} // namespace

std::vector<jq_token> jq_tokens(std::string_view program) {
  return tokenizer(program).run();
}

} // namespace sluice::detail
