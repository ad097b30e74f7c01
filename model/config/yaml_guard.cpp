#include "model/config/yaml_guard.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

namespace {

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}
bool is_flow_indicator(char c) noexcept {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

/// Walks over YAML and knows only where a token may begin and how deep the brackets are.
class bracket_scanner {
public:
  explicit bracket_scanner(std::string_view text) : text_(text) {}

  /// Returns true when the brackets nest deeper than the limit; the scanner stands at the bracket.
  bool too_deep() {
    while (at_ < text_.size()) {
      step();
      if (depth_ > yaml_bracket_limit)
        return true;
    }
    return false;
  }

  source_position position() const noexcept { return {line_, column_}; }

private:
  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void advance() noexcept {
    if (text_[at_++] == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
  }

  template <class Stop>
  void skip_until(Stop stop) {
    while (at_ < text_.size() && !stop(text_[at_]))
      advance();
  }

  void step() {
    const char c = text_[at_];
    if (is_blank(c)) {
      if (c == '\n')
        fresh_ = true;
      after_space_ = true;
      advance();
      return;
    }
    const bool spaced = std::exchange(after_space_, false);
    if (c == '#' && (fresh_ || spaced))
      skip_until([](char next) { return next == '\n'; });
    else if (fresh_)
      begin_token(c);
    else
      continue_scalar(c);
  }

  void begin_token(char c) {
    if (c == '"' || c == '\'')
      skip_quoted(c);
    else if ((c == '|' || c == '>') && depth_ == 0)
      skip_block_scalar();
    else if (c == '&' || c == '!' || c == '*')
      skip_until([&](char next) { return is_blank(next) || (depth_ > 0 && is_flow_indicator(next)); });
    else if ((c == '-' || c == '?' || c == ':') && is_blank(peek(1)))
      indicate();
    else if (is_flow_indicator(c) && (depth_ > 0 || c == '[' || c == '{'))
      bracket(c);
    else
      begin_scalar();
  }

  void continue_scalar(char c) {
    if (depth_ > 0 && is_flow_indicator(c)) {
      bracket(c);
      return;
    }
    const char next = peek(1);
    if (c == ':' &&
        (is_blank(next) || (depth_ > 0 && (is_flow_indicator(next) || next == '"' || next == '\'')))) {
      fresh_ = true;
      parent_indent_ = scalar_column_;
    }
    advance();
  }

  void begin_scalar() {
    fresh_ = false;
    scalar_column_ = column_;
    advance();
  }

  void indicate() {
    parent_indent_ = column_;
    advance();
  }

  void bracket(char c) {
    if (c == '[' || c == '{')
      ++depth_;
    else if (c != ',' && depth_ > 0)
      --depth_;
    fresh_ = c == '[' || c == '{' || c == ',';
    if (depth_ <= yaml_bracket_limit)
      advance();
    else
      ++at_;
  }

  void skip_quoted(char quote) {
    begin_scalar();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote && quote == '\'' && peek(1) == '\'')
        advance();
      else if (c == '\\' && quote == '"' && at_ + 1 < text_.size())
        advance();
      else if (c == quote)
        break;
      advance();
    }
    if (at_ < text_.size())
      advance();
  }

  /// Skips the header's line and all lines that are empty or indented deeper than the parent.
  void skip_block_scalar() {
    const int parent = parent_indent_;
    skip_until([](char c) { return c == '\n'; });
    while (at_ < text_.size()) {
      advance(); // the line end
      std::size_t ahead = 0;
      while (peek(ahead) == ' ')
        ++ahead;
      const bool empty = peek(ahead) == '\n' || peek(ahead) == '\r';
      if (!empty && static_cast<int>(ahead) + 1 <= parent)
        break;
      skip_until([](char c) { return c == '\n'; });
    }
    fresh_ = true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  std::size_t depth_ = 0;
  bool fresh_ = true;
  bool after_space_ = true;
  int scalar_column_ = 0;
  int parent_indent_ = 0;
};

finding refuse(std::string text, source_position at) {
  return {finding::level::error, finding_code::syntax, "", std::move(text), at};
}

std::optional<finding> find_control_character(std::string_view text) {
  source_position at{1, 1};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f)
      return refuse(fmt::format("the character U+{:04X} does not belong in YAML; write it as \"\\x{:02X}\"",
                                byte, byte),
                    at);
    at = c == '\n' ? source_position{at.line + 1, 1} : source_position{at.line, at.column + 1};
  }
  return std::nullopt;
}

} // namespace

std::optional<finding> guard_yaml(std::string_view text) {
  if (auto found = find_control_character(text))
    return found;
  bracket_scanner scanner(text);
  if (scanner.too_deep())
    return refuse(fmt::format("brackets nest deeper than {}", yaml_bracket_limit), scanner.position());
  return std::nullopt;
}

} // namespace sluice
