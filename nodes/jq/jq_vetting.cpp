#include "nodes/jq/jq_vetting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice::detail {

namespace {

struct forbidden_word {
  std::string_view word;
  std::string_view reason;
};

constexpr std::string_view environment = "it reads the process's environment";
constexpr std::string_view input_stream = "it reads jq's own input, which does not exist here";
constexpr std::string_view modules = "it loads files";
constexpr std::string_view ending = "it ends the process";
constexpr std::string_view printing = "it writes to the process's stderr";

constexpr std::array forbidden_calls = {
    forbidden_word{"env", environment},
    forbidden_word{"input", input_stream},
    forbidden_word{"inputs", input_stream},
    forbidden_word{"input_filename", input_stream},
    forbidden_word{"input_line_number", input_stream},
    forbidden_word{"import", modules},
    forbidden_word{"include", modules},
    forbidden_word{"module", modules},
    forbidden_word{"modulemeta", modules},
    forbidden_word{"get_search_list", modules},
    forbidden_word{"get_prog_origin", modules},
    forbidden_word{"get_jq_origin", modules},
    forbidden_word{"halt", ending},
    forbidden_word{"halt_error", ending},
    forbidden_word{"debug", printing},
    forbidden_word{"stderr", printing},
};

constexpr std::array forbidden_variables = {
    forbidden_word{"ENV", environment},
    forbidden_word{"__prog_args", input_stream},
};

template <class Words>
const forbidden_word* find(const Words& words, std::string_view word) {
  // A module's function may be the builtin itself: `m::env` is judged by its last part.
  const auto last = word.rfind(':');
  const auto name = last == std::string_view::npos ? word : word.substr(last + 1);
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.word == name; });
  return found == words.end() ? nullptr : &*found;
}

std::string describe(const jq_token& token, std::string_view mark, const forbidden_word& rule) {
  return fmt::format("'{}{}' at byte {} is not allowed: {}", mark, token.text, token.at, rule.reason);
}

/// Follows the brackets of a program, to tell the names of members from calls.
class nesting {
public:
  /// True when `token` stands where an object's member is named: directly after `{`, or after a comma between
  /// members.
  bool names_member() const {
    return !open_.empty() && open_.back() == "{" && previous_ != nullptr &&
           (previous_->is("{") || previous_->is(","));
  }
  bool names_variable() const { return previous_ != nullptr && previous_->is("$"); }

  void pass(const jq_token& token) {
    const bool in_text = token.kind == jq_token_kind::text_part;
    const bool is_keyword = !names_member() && !names_variable();
    if (token.is("{") || token.is("[") || token.is("(") || (is_keyword && token.is_word("if")) ||
        (in_text && token.text == "("))
      open_.push_back(in_text ? "text" : token.text);
    else if ((token.is("}") || token.is("]") || token.is(")") || (is_keyword && token.is_word("end")) ||
              in_text) &&
             !open_.empty())
      open_.pop_back();
    previous_ = &token;
  }

private:
  std::vector<std::string> open_;
  const jq_token* previous_ = nullptr;
};

} // namespace

std::optional<std::string> jq_objection(const std::vector<jq_token>& program) {
  nesting around;
  for (const auto& token : program) {
    if (token.kind == jq_token_kind::identifier && around.names_variable()) {
      if (const auto* rule = find(forbidden_variables, token.text))
        return describe(token, "$", *rule);
    } else if (token.kind == jq_token_kind::identifier && !around.names_member()) {
      if (const auto* rule = find(forbidden_calls, token.text))
        return describe(token, "", *rule);
    }
    around.pass(token);
  }
  return std::nullopt;
}

} // namespace sluice::detail
