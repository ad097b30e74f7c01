#include "bench/rules/bare_set.hpp"

#include "model/base/error.hpp"

#include <re2/re2.h>
#include <re2/set.h>

namespace sluice::bench {

namespace {

re2::RE2::Options options_for(std::size_t rules) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_max_mem((std::int64_t{64} << 20) + static_cast<std::int64_t>(rules) * (std::int64_t{16} << 10));
  return options;
}

} // namespace

struct bare_set::implementation {
  explicit implementation(std::size_t rules) : set(options_for(rules), re2::RE2::UNANCHORED) {}
  re2::RE2::Set set;
};

bare_set::bare_set(const std::vector<rule>& rules)
    : implementation_(std::make_unique<implementation>(rules.size())) {
  for (const auto& each : rules)
    if (implementation_->set.Add(each.pattern, nullptr) < 0)
      throw error("bare_set", "RE2 refuses " + each.pattern);
  if (!implementation_->set.Compile())
    throw error("bare_set", "RE2::Set does not compile");
}

bare_set::~bare_set() = default;

std::size_t bare_set::match(const std::vector<std::string>& texts) const {
  std::vector<int> found;
  std::size_t hits = 0;
  for (const auto& text : texts) {
    re2::RE2::Set::ErrorInfo trouble{};
    if (implementation_->set.Match(text, &found, &trouble))
      hits += found.size();
    else if (trouble.kind != re2::RE2::Set::kNoError)
      throw error("bare_set", "RE2::Set gave up");
  }
  return hits;
}

} // namespace sluice::bench
