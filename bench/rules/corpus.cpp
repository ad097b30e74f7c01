#include "bench/rules/corpus.hpp"

#include "model/message/json.hpp"

#include <fmt/format.h>

#include <array>
#include <random>
#include <set>

namespace sluice::bench {

namespace {

constexpr std::uint32_t seed = 20261121;
constexpr std::size_t words_per_text = 10;
constexpr std::size_t usual_words = 2000;
constexpr std::size_t shapes = 5;

constexpr std::string_view letters = "abcdefghijklmnoprstuvwxyz";

/// Draws words; those of rules have a `q` at both ends, which usual ones never have.
class word_maker {
public:
  std::string usual() { return word(letters, 3 + random_() % 7); }
  /// Another one each time.
  std::string of_rule() {
    auto made = "q" + word(letters, 5) + "q";
    return given_.insert(made).second ? made : of_rule();
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }

private:
  std::string word(std::string_view of, std::size_t length) {
    std::string made;
    for (std::size_t i = 0; i < length; ++i)
      made += of[random_() % of.size()];
    return made;
  }

  // Its numbers are the standard's, on every machine; those of distributions are not.
  std::mt19937 random_{seed};
  std::set<std::string> given_;
};

std::string pattern_of(std::size_t shape, const std::string& word) {
  switch (shape) {
  case 0:
    return fmt::format(R"(\b{}\b)", word);
  case 1:
    return fmt::format(R"(\b(wget|curl)\s.*{})", word);
  case 2:
    return fmt::format(R"({}[0-9]+\.(sh|py|elf))", word);
  case 3:
    return fmt::format(R"((?i)/opt/{}/[a-z]+)", word);
  default:
    return fmt::format(R"(/(tmp|dev/shm|var/run)/\.{})", word);
  }
}

std::string text_for(std::size_t shape, const std::string& word) {
  switch (shape) {
  case 0:
    return word;
  case 1:
    return fmt::format("curl -s http://198.51.100.7/{}", word);
  case 2:
    return fmt::format("./{}17.sh", word);
  case 3:
    return fmt::format("/OPT/{}/run", word);
  default:
    return fmt::format("/dev/shm/.{}", word);
  }
}

rule make_rule(std::size_t number, const std::string& word) {
  rule made;
  made.id = fmt::format("rule-{:05}", number);
  made.name = fmt::format("Looks for {}", word);
  made.applies_to = {"ssh", "web"};
  made.field = "command";
  made.pattern = pattern_of(number % shapes, word);
  made.emits = {{"T1059.004", "execution", 0.9, {}}};
  return made;
}

} // namespace

corpus make_corpus(std::size_t texts, std::size_t rules, std::size_t one_in) {
  word_maker words;
  std::vector<std::string> usual = {"wget", "curl", "/tmp/x", "chmod", "uname", "./run.sh", "-O-", "|", "sh"};
  while (usual.size() < usual_words)
    usual.push_back(words.usual());
  corpus made;
  std::vector<std::string> looked_for;
  for (std::size_t number = 0; number < rules; ++number) {
    looked_for.push_back(words.of_rule());
    made.rules.push_back(make_rule(number, looked_for.back()));
  }
  for (std::size_t number = 0; number < texts; ++number) {
    const auto place = words.below(words_per_text);
    const auto hit = words.below(rules);
    std::string text;
    for (std::size_t i = 0; i < words_per_text; ++i) {
      const auto& word = usual[words.below(usual.size())];
      text += number % one_in == 0 && i == place ? text_for(hit % shapes, looked_for[hit]) : word;
      text += i + 1 == words_per_text ? "" : " ";
    }
    made.texts.push_back(std::move(text));
  }
  return made;
}

rule_view view_of(const std::vector<rule>& rules) {
  rule_view view;
  for (const auto& each : rules)
    view[each.id].definition = std::make_shared<const rule>(each);
  return view;
}

std::vector<message> records_of(const std::vector<std::string>& texts) {
  std::vector<message> records;
  records.reserve(texts.size());
  for (std::size_t number = 0; number < texts.size(); ++number)
    records.emplace_back(json::parse(
        fmt::format(R"({{"id":"event-{:06}","kind":"ssh","command":"{}"}})", number, texts[number])));
  return records;
}

} // namespace sluice::bench
