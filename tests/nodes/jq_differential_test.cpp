#include "model/base/error.hpp"
#include "nodes/jq/jq_order.hpp"
#include "nodes/jq/libjq_program.hpp"
#include "nodes/jq/native_program.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// The native evaluator against libjq itself: same results, same errors, for a table and for random programs.
BOOST_AUTO_TEST_SUITE(jq_differential_test)

namespace {

using sluice::json;

struct outcome {
  std::vector<json> results;
  std::string error;
};

std::string show(const outcome& from) {
  std::string all = from.error.empty() ? "" : "error " + from.error;
  for (const auto& one : from.results)
    all += one.dump() + " ";
  return all;
}

/// jq has one kind of number, so 1.0 and 1 are the same to it; the order of members matters.
bool same(const outcome& a, const outcome& b) {
  if (a.error != b.error || a.results.size() != b.results.size())
    return false;
  for (std::size_t place = 0; place < a.results.size(); ++place)
    if (sluice::detail::jq_compare(a.results[place].value(), b.results[place].value()) != 0)
      return false;
  return true;
}

outcome run(sluice::detail::native_program& program, const json& input) {
  outcome all;
  try {
    if (const auto* one = program.run(input.value()))
      all.results.emplace_back(*one);
  } catch (const sluice::error& failed) {
    all.error = failed.what();
  }
  return all;
}

outcome run(sluice::detail::libjq_program& program, const json& input) {
  outcome all;
  try {
    program.run(input, [&](json one) {
      all.results.push_back(std::move(one));
      return true;
    });
  } catch (const sluice::error& failed) {
    all.error = failed.what();
  }
  return all;
}

void compare(const std::string& source, const std::vector<json>& inputs) {
  auto syntax = sluice::detail::parse_native(source);
  BOOST_REQUIRE_MESSAGE(syntax, source << " should be native");
  sluice::detail::native_program native(*std::move(syntax));
  sluice::detail::libjq_program library(source);
  for (const auto& input : inputs) {
    const auto ours = run(native, input);
    const auto theirs = run(library, input);
    BOOST_TEST(same(ours, theirs),
               source << " on " << input.dump() << ": native " << show(ours) << ", jq " << show(theirs));
  }
}

std::vector<json> parse_all(const std::vector<std::string>& sources) {
  std::vector<json> all;
  for (const auto& source : sources)
    all.push_back(json::parse(source));
  return all;
}

std::vector<json> table_inputs() {
  return parse_all({"null",
                    "true",
                    "false",
                    "0",
                    "-1.5",
                    "\"\"",
                    "\"a\"",
                    "\"é\"",
                    "[]",
                    "[1,[2,{\"a\":3}]]",
                    "{}",
                    R"({"a":1})",
                    R"({"a":1.0,"b":"x","c d":[true,null]})",
                    R"({"b":null,"a":{"b":{"a":[0,1,2]}}})",
                    R"({"a":{"x":1,"y":2},"b":{"y":2,"x":1}})",
                    R"({"a":[1,2],"b":[1,3]})",
                    R"({"a":9007199254740993,"b":9007199254740992})",
                    R"({"a":"b","b":"a"})",
                    R"({"a":false,"b":0})",
                    R"({"a":"\u0000b","b":"\u0000c"})",
                    R"({"a":{"x":1},"b":{"w":9,"x":1}})",
                    R"({"a":18446744073709551615,"b":-9223372036854775808})"});
}

constexpr std::array<std::string_view, 64> table = {".",
                                                    ".a",
                                                    ".a.b",
                                                    ".a.b.a",
                                                    ".\"c d\"",
                                                    ".[\"c d\"]",
                                                    ".[\"c d\"][1]",
                                                    ".[0]",
                                                    ".[-1]",
                                                    ".[1][1].a",
                                                    ".[99]",
                                                    ".a[0]",
                                                    ".a.b.a[-2]",
                                                    "1",
                                                    "-1",
                                                    "1.",
                                                    ".5",
                                                    "1e3",
                                                    "\"x\"",
                                                    "\"\\u00e9\\n\"",
                                                    "null",
                                                    "true",
                                                    "false",
                                                    ".a == 1",
                                                    ".a != 1",
                                                    ".a < .b",
                                                    ".a <= .b",
                                                    ".a > .b",
                                                    ".a >= .b",
                                                    ".a == .b",
                                                    ".a == null",
                                                    ". == .",
                                                    ".a < \"b\"",
                                                    "null < .",
                                                    ". >= {}",
                                                    "{} <= .",
                                                    ".a and .b",
                                                    ".a or .b",
                                                    ".a and .b or .a",
                                                    ".a or .b and false",
                                                    ".a | not",
                                                    "not",
                                                    ".a == 1 | not",
                                                    "(.a | .b) == (.b | .a)",
                                                    "select(.a)",
                                                    "select(.a > 0) | .b",
                                                    "select(.a) == 1",
                                                    "empty",
                                                    "empty == 1",
                                                    "1 == empty",
                                                    "empty and true",
                                                    "false and empty",
                                                    "{}",
                                                    "{a}",
                                                    "{a, b}",
                                                    "{a: .b, b: .a, a: 1}",
                                                    "{\"a\", \"x y\": 1,}",
                                                    "{a: (.a == 1), c: {d: .b}}",
                                                    "{a: .a | not}",
                                                    "{if: 1, and: -1}",
                                                    ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                                    ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                                    ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                                    "{a: empty}"};

/// Writes random programs of the subset.
class program_maker {
public:
  explicit program_maker(std::uint32_t seed) : random_(seed) {}

  std::string pipe(int depth) {
    auto result = comparison(depth);
    if (depth > 0 && one_in(3))
      result += pick({" and ", " or ", " | ", "|"}) + comparison(depth - 1);
    if (one_in(6))
      result += " | not";
    return result;
  }

private:
  std::string comparison(int depth) {
    auto result = term(depth);
    if (one_in(2))
      result += pick({"==", " != ", "<", "<=", " > ", ">= "}) + term(depth);
    return result;
  }

  std::string term(int depth) {
    if (depth <= 0 || one_in(2))
      return one_in(3) ? literal() : path();
    switch (random_() % 4) {
    case 0:
      return "(" + pipe(depth - 1) + ")";
    case 1:
      return "select(" + pipe(depth - 1) + ")";
    case 2:
      return "{a: " + term(depth - 1) + ", " + pick({"b", "\"b\"", "c: .b", "a: (" + pipe(depth - 1) + ")"}) +
             "}";
    default:
      return "(" + pipe(depth - 1) + ")" + step();
    }
  }

  std::string path() {
    auto result = pick({".", ".a", ".b", ".\"a\"", ".[0]", ".[\"b\"]"});
    while (result != "." && one_in(2)) // `..a` is another thing
      result += step();
    return result;
  }

  std::string step() { return pick({".a", ".b", "[0]", "[-1]", "[\"a\"]", ".\"b\"", "[2]"}); }
  std::string literal() {
    return pick(
        {"1", "0", "-1", "2.5", "\"a\"", "\"\"", "true", "false", "null", "empty", "1e2", "{}", "500"});
  }

  bool one_in(unsigned count) { return random_() % count == 0; }
  std::string pick(const std::vector<std::string>& all) { return all[random_() % all.size()]; }

  std::mt19937 random_;
};

/// Makes random documents with the names that the programs ask for.
nlohmann::ordered_json random_document(std::mt19937& random, int depth) {
  switch (random() % (depth > 0 ? 9 : 6)) {
  case 0:
    return nullptr;
  case 1:
    return random() % 2 == 0;
  case 2:
    return static_cast<int>(random() % 4) - 1;
  case 3:
    return static_cast<double>(random() % 8) / 2;
  case 4:
    return std::vector<std::string>{"", "a", "b", "é"}[random() % 4];
  case 5:
    return 500;
  case 6: {
    auto items = nlohmann::ordered_json::array();
    for (auto count = random() % 4; count > 0; --count)
      items.push_back(random_document(random, depth - 1));
    return items;
  }
  default: {
    auto members = nlohmann::ordered_json::object();
    for (const auto* name : {"b", "a", "c"})
      if (random() % 3 != 0)
        members[name] = random_document(random, depth - 1);
    return members;
  }
  }
}

} // namespace

BOOST_AUTO_TEST_CASE(every_program_of_the_table_gives_what_libjq_gives) {
  const auto inputs = table_inputs();
  for (const auto program : table)
    compare(std::string(program), inputs);
}

BOOST_AUTO_TEST_CASE(random_programs_give_what_libjq_gives) {
  constexpr std::uint32_t seed = 20'240'521;
  program_maker programs(seed);
  std::mt19937 random(seed);
  // Compiling a program in libjq takes milliseconds, running it microseconds: hence few programs on many
  // inputs.
  for (int count = 0; count < 150; ++count) {
    std::vector<json> inputs;
    for (int document = 0; document < 60; ++document)
      inputs.emplace_back(random_document(random, 3));
    compare(programs.pipe(3), inputs);
  }
}

BOOST_AUTO_TEST_SUITE_END()
