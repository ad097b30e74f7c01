#include "model/config/config_value.hpp"
#include "model/message/message.hpp"
#include "nodes/jq/jq_program.hpp"
#include "nodes/jq/jq_tokens.hpp"
#include "nodes/jq/jq_vetting.hpp"
#include "nodes/jq/native_program.hpp"
#include "nodes/jq/native_syntax.hpp"
#include "nodes/records/regex_parse.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace sluice::fuzz {

namespace {

constexpr const char* document =
    R"({"status": 503, "host": "web-1", "tags": ["a", "b"], "request": {"path": "/", "ms": 1.5}, "none": null})";

/// What runs without libjq: small programs that cannot loop.
void run_natively(const std::string& program) {
  auto syntax = detail::parse_native(program);
  if (!syntax)
    return;
  const auto input = sluice::json::parse(document);
  detail::native_program native(std::move(*syntax));
  accepts({"jq_error"}, [&] { (void)native.run(input.value()); });
}

/// A program that may not reach outside. It is compiled and, since it may never end, not run by libjq.
void vet(const std::string& program) {
  const auto tokens = detail::jq_tokens(program);
  for (const auto& one : tokens)
    require(one.at < program.size() || program.empty(), "a word stands in the program");
  const bool forbidden = detail::jq_objection(tokens).has_value();
  try {
    (void)jq_program(program, "where");
    require(!forbidden, "what is forbidden does not compile");
  } catch (const option_error& refused) {
    require(refused.option() == "where", "a refusal names the option");
  }
  run_natively(program);
}

void make_pattern(const std::string& pattern) {
  const auto type = regex_parse_type();
  const auto given = config_value::map({{"pattern", {}, config_value::scalar(pattern, true)}});
  try {
    (void)type.make(options(type.options, given));
  } catch (const option_error& refused) {
    require(refused.option() == "pattern", "a refusal names the option");
  }
}

} // namespace

/// The first byte says whether the rest is a pattern (`r`) or a program of jq.
void feed_expression(std::string_view input) {
  if (input.empty() || input.find('\0') != std::string_view::npos)
    return;
  const std::string rest(input.substr(1));
  if (input.front() == 'r')
    make_pattern(rest);
  else
    vet(rest);
}

} // namespace sluice::fuzz
