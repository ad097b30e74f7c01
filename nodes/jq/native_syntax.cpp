#include "nodes/jq/native_syntax.hpp"

#include "nodes/jq/jq_tokens.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace sluice::detail {

namespace {

using nlohmann::ordered_json;

/// Deepest nesting of expressions; anything deeper is left to libjq.
constexpr std::size_t deepest_expression = 64;
/// Most nodes of a tree, which bounds how deep a long path recurses.
constexpr std::size_t most_nodes = 1000;

/// Thrown inside this file only: the program is not of the subset.
struct not_native {};

constexpr std::array<std::string_view, 19> keywords = {
    "as",      "def", "module", "import", "include", "if",    "then",  "else",  "elif",   "reduce",
    "foreach", "end", "and",    "or",     "try",     "catch", "label", "break", "__loc__"};

bool is_keyword(std::string_view word) {
  return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

std::optional<native_operation> comparison(const jq_token& token) {
  using enum native_operation;
  constexpr std::array<std::pair<std::string_view, native_operation>, 6> all = {{{"==", equal},
                                                                                 {"!=", unequal},
                                                                                 {"<", less},
                                                                                 {"<=", less_or_equal},
                                                                                 {">", greater},
                                                                                 {">=", greater_or_equal}}};
  for (const auto& [word, operation] : all)
    if (token.is(word))
      return operation;
  return std::nullopt;
}

/// Whole numbers become integers, as in what libjq gives back.
ordered_json number_literal(const std::string& written, bool negative) {
  double value = 0;
  const auto [stopped, trouble] = std::from_chars(written.data(), written.data() + written.size(), value);
  if (trouble != std::errc{} || stopped != written.data() + written.size() || !std::isfinite(value))
    throw not_native{};
  value = negative ? -value : value;
  if (value == std::floor(value) && std::abs(value) < 0x1p63 && !(value == 0 && std::signbit(value)))
    return static_cast<std::int64_t>(value);
  return value;
}

/// Recursive descent by jq 1.6's parser.y, from the loosest operator to the tightest: `|`, `or`, `and`,
/// comparisons.
class parser {
public:
  explicit parser(std::vector<jq_token> tokens) : tokens_(std::move(tokens)) {
    tokens_.push_back({jq_token_kind::unknown, "", 0});
  }

  native_syntax run() {
    result_.root = parse_pipe();
    if (at_ + 1 != tokens_.size())
      throw not_native{};
    return std::move(result_);
  }

private:
  const jq_token& peek() const { return tokens_[at_]; }

  bool accept(std::string_view operation) {
    const bool found = peek().is(operation);
    at_ += found ? 1 : 0;
    return found;
  }

  bool accept_word(std::string_view word) {
    const bool found = peek().is_word(word);
    at_ += found ? 1 : 0;
    return found;
  }

  void require(std::string_view operation) {
    if (!accept(operation))
      throw not_native{};
  }

  const jq_token& take() {
    const auto& token = tokens_[at_];
    at_ += at_ + 1 < tokens_.size() ? 1 : 0;
    return token;
  }

  std::size_t add(native_node node) {
    if (result_.nodes.size() == most_nodes)
      throw not_native{};
    result_.nodes.push_back(std::move(node));
    return result_.nodes.size() - 1;
  }

  std::size_t add(native_operation operation, std::size_t left = 0, std::size_t right = 0) {
    native_node node;
    node.operation = operation;
    node.left = left;
    node.right = right;
    return add(std::move(node));
  }

  std::size_t add_literal(ordered_json value) {
    native_node node;
    node.operation = native_operation::literal;
    node.literal = json(std::move(value));
    return add(std::move(node));
  }

  std::size_t parse_pipe() {
    if (++depth_ > deepest_expression)
      throw not_native{};
    auto left = parse_or();
    while (accept("|"))
      left = add(native_operation::pipe, left, parse_or());
    --depth_;
    return left;
  }

  std::size_t parse_or() {
    auto left = parse_and();
    while (accept_word("or"))
      left = add(native_operation::either, left, parse_and());
    return left;
  }

  std::size_t parse_and() {
    auto left = parse_comparison();
    while (accept_word("and"))
      left = add(native_operation::both, left, parse_comparison());
    return left;
  }

  std::size_t parse_comparison() {
    const auto left = parse_operand();
    const auto operation = comparison(peek());
    if (!operation)
      return left;
    take();
    const auto right = parse_operand();
    if (comparison(peek())) // `a < b < c` is an error
      throw not_native{};
    return add(*operation, left, right);
  }

  std::size_t parse_operand() {
    if (!accept("-"))
      return parse_term();
    if (peek().kind != jq_token_kind::number)
      throw not_native{};
    return add_literal(number_literal(take().text, true));
  }

  std::size_t parse_term() {
    auto term = parse_primary();
    for (;;) {
      if (peek().kind == jq_token_kind::field)
        term = add_member(term, take().text);
      else if (peek().is(".") && tokens_[at_ + 1].kind == jq_token_kind::text)
        term = add_quoted_member(term);
      else if (accept("["))
        term = parse_index(term);
      else
        return term;
    }
  }

  std::size_t add_member(std::size_t from, std::string name) {
    if (name.find('\0') != std::string::npos) // jq cuts its error text there
      throw not_native{};
    native_node node;
    node.operation = native_operation::member;
    node.left = from;
    node.name = std::move(name);
    return add(std::move(node));
  }

  std::size_t add_quoted_member(std::size_t from) {
    ++at_; // the dot
    return add_member(from, take_text());
  }

  std::string take_text() {
    const auto& token = take();
    if (token.kind != jq_token_kind::text || token.doubtful)
      throw not_native{};
    return token.text;
  }

  std::size_t parse_index(std::size_t from) {
    if (peek().kind == jq_token_kind::text) {
      auto name = take_text();
      require("]");
      return add_member(from, std::move(name));
    }
    native_node node;
    node.operation = native_operation::element;
    node.left = from;
    const bool negative = accept("-");
    const auto& digits = take();
    const auto end = digits.text.data() + digits.text.size();
    const auto [stopped, trouble] = std::from_chars(digits.text.data(), end, node.index);
    if (digits.kind != jq_token_kind::number || trouble != std::errc{} || stopped != end)
      throw not_native{};
    node.index = negative ? -node.index : node.index;
    require("]");
    return add(std::move(node));
  }

  std::size_t parse_primary() {
    const auto& token = take();
    switch (token.kind) {
    case jq_token_kind::field:
      return add_member(add(native_operation::identity), token.text);
    case jq_token_kind::number:
      return add_literal(number_literal(token.text, false));
    case jq_token_kind::text:
      --at_;
      return add_literal(take_text());
    case jq_token_kind::identifier:
      return parse_call(token.text);
    case jq_token_kind::operation:
      return parse_bracketed(token);
    default:
      throw not_native{};
    }
  }

  std::size_t parse_bracketed(const jq_token& token) {
    if (token.is(".")) {
      const auto identity = add(native_operation::identity);
      if (peek().kind != jq_token_kind::text)
        return identity;
      return add_member(identity, take_text());
    }
    if (token.is("{"))
      return parse_object();
    if (!token.is("("))
      throw not_native{};
    const auto inner = parse_pipe();
    require(")");
    return inner;
  }

  std::size_t parse_call(const std::string& word) {
    if (word == "true" || word == "false")
      return add_literal(word == "true");
    if (word == "null")
      return add_literal(nullptr);
    if (word == "select") {
      require("(");
      const auto condition = parse_pipe();
      require(")");
      return add(native_operation::selection, condition);
    }
    if (peek().is("("))
      throw not_native{};
    if (word == "not")
      return add(native_operation::negation);
    if (word == "empty")
      return add(native_operation::nothing);
    throw not_native{};
  }

  std::size_t parse_object() {
    native_node node;
    node.operation = native_operation::object;
    while (!accept("}")) {
      auto name = parse_member_name();
      const auto value =
          accept(":") ? parse_member_value() : add_member(add(native_operation::identity), name);
      node.parts.emplace_back(std::move(name), value);
      if (accept(",")) // jq takes a comma after the last member too
        continue;
      require("}");
      break;
    }
    return add(std::move(node));
  }

  std::string parse_member_name() {
    if (peek().kind == jq_token_kind::text)
      return take_text();
    const auto& token = take();
    if (token.kind != jq_token_kind::identifier || token.text.find(':') != std::string::npos)
      throw not_native{};
    if (is_keyword(token.text) && !peek().is(":")) // `{if}` is an error
      throw not_native{};
    return token.text;
  }

  /// A member's value is terms joined by `|`, or a negative number alone.
  std::size_t parse_member_value() {
    if (++depth_ > deepest_expression)
      throw not_native{};
    const bool negative = peek().is("-");
    auto left = negative ? parse_operand() : parse_term();
    if (negative && peek().is("|"))
      throw not_native{};
    while (accept("|"))
      left = add(native_operation::pipe, left, parse_term());
    --depth_;
    return left;
  }

  std::vector<jq_token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  native_syntax result_;
};

} // namespace

std::optional<native_syntax> parse_native(std::string_view program) {
  try {
    return parser(jq_tokens(program)).run();
  } catch (const not_native&) {
    return std::nullopt;
  }
}

} // namespace sluice::detail
