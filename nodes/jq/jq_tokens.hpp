#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

enum class jq_token_kind {
  identifier, ///< `select`, `and`, `true`, `a::b`
  field,      ///< `.status`; the text has no dot
  number,     ///< as written
  text,       ///< a string without interpolation; the text is decoded
  text_part,  ///< around the tokens of the code inside a string: `(` before, `)` after
  format,     ///< `@base64`
  operation,  ///< punctuation, brackets, `$`
  unknown,    ///< a byte that jq does not know
};

/// One word of a jq program. `at` is its byte offset, counted from 0.
struct jq_token {
  jq_token_kind kind;
  std::string text;
  std::size_t at;
  /// `text` only: an escape was used that only jq itself can judge.
  bool doubtful = false;

  bool is(std::string_view operation) const noexcept {
    return kind == jq_token_kind::operation && text == operation;
  }
  bool is_word(std::string_view word) const noexcept {
    return kind == jq_token_kind::identifier && text == word;
  }
};

/// Returns the tokens of `program`, by the rules of jq 1.6's lexer.l. Never fails: what jq would refuse
/// becomes `unknown`.
std::vector<jq_token> jq_tokens(std::string_view program);

} // namespace sluice::detail
