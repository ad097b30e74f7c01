#include "model/rules/pattern_set.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace sluice::detail {

namespace {

/// RE2's default, in bytes.
constexpr std::int64_t one_pattern_memory = std::int64_t{8} << 20;
/// Instructions of RE2's program for one pattern. A few greedy ones would push all others out of their set.
constexpr int longest_program = 10'000;

/// At RE2's default of 8 MiB a set of 10,000 patterns does not compile.
std::int64_t set_memory(std::size_t patterns) {
  return (std::int64_t{64} << 20) + static_cast<std::int64_t>(patterns) * (std::int64_t{16} << 10);
}

re2::RE2::Options options_with(std::int64_t memory) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

/// A view without bytes has no address, which RE2 takes for no text at all.
re2::StringPiece piece(std::string_view text) {
  return text.empty() ? re2::StringPiece("", 0) : re2::StringPiece(text.data(), text.size());
}

/// Returns where in `pattern` the part is that an error is about, counted from 1, or 0 when that is not
/// clear.
std::size_t place_of(std::string_view part, std::string_view pattern) {
  const auto first = pattern.find(part);
  const bool clear = !part.empty() && part.size() < pattern.size() && first != std::string_view::npos &&
                     pattern.find(part, first + 1) == std::string_view::npos;
  return clear ? first + 1 : 0;
}

} // namespace

std::optional<std::string> pattern_trouble(const std::string& pattern) {
  const re2::RE2 compiled(pattern, options_with(one_pattern_memory));
  if (compiled.ok()) {
    if (compiled.ProgramSize() <= longest_program)
      return std::nullopt;
    return fmt::format("pattern too large: its program has {} instructions, at most {} are run",
                       compiled.ProgramSize(), longest_program);
  }
  const auto place = place_of(compiled.error_arg(), pattern);
  return place == 0 ? compiled.error() : fmt::format("{}, at its character {}", compiled.error(), place);
}

struct pattern_set::machines {
  explicit machines(std::int64_t memory) : together(options_with(memory), re2::RE2::UNANCHORED) {}

  re2::RE2::Set together;
  /// False: the set needs more memory than it may have.
  bool usable = false;
  /// The index of the pattern for each of the set's own numbers.
  std::vector<int> places;
  std::vector<std::size_t> refused;
  /// Made when they are needed.
  std::once_flag once;
  std::vector<std::unique_ptr<re2::RE2>> single;
};

pattern_set::pattern_set(std::vector<std::string> patterns,
                         std::shared_ptr<std::atomic<std::uint64_t>> fallbacks, std::int64_t memory)
    : patterns_(std::move(patterns)),
      fallbacks_(std::move(fallbacks)),
      machines_(std::make_unique<machines>(memory == 0 ? set_memory(patterns_.size()) : memory)) {
  auto& made = *machines_;
  made.places.reserve(patterns_.size());
  for (std::size_t index = 0; index < patterns_.size(); ++index) {
    if (made.together.Add(piece(patterns_[index]), nullptr) >= 0)
      made.places.push_back(static_cast<int>(index));
    else
      made.refused.push_back(index);
  }
  made.usable = made.together.Compile();
}

pattern_set::~pattern_set() = default;

std::optional<std::size_t> pattern_set::find(std::string_view pattern) const noexcept {
  const auto found = std::lower_bound(patterns_.begin(), patterns_.end(), pattern);
  if (found == patterns_.end() || *found != pattern)
    return std::nullopt;
  return static_cast<std::size_t>(found - patterns_.begin());
}

void pattern_set::match(std::string_view text, std::vector<int>& out) const {
  out.clear();
  const auto& made = *machines_;
  if (made.places.empty())
    return;
  if (made.usable) {
    re2::RE2::Set::ErrorInfo trouble{};
    // Most texts match nothing. To find that out takes no list of matches, which costs memory for each
    // pattern.
    if (!made.together.Match(piece(text), nullptr, &trouble) && trouble.kind == re2::RE2::Set::kNoError)
      return;
    if (made.together.Match(piece(text), &out, &trouble)) {
      for (auto& number : out)
        number = made.places[static_cast<std::size_t>(number)];
      return;
    }
  }
  match_one_by_one(text, out);
}

void pattern_set::match_one_by_one(std::string_view text, std::vector<int>& out) const {
  fallbacks_->fetch_add(1, std::memory_order_relaxed);
  auto& made = *machines_;
  std::call_once(made.once, [&] {
    for (const auto place : made.places)
      made.single.push_back(std::make_unique<re2::RE2>(patterns_[static_cast<std::size_t>(place)],
                                                       options_with(one_pattern_memory)));
  });
  out.clear();
  for (std::size_t number = 0; number < made.single.size(); ++number)
    if (re2::RE2::PartialMatch(piece(text), *made.single[number]))
      out.push_back(made.places[number]);
}

const std::vector<std::size_t>& pattern_set::refused() const noexcept {
  return machines_->refused;
}

} // namespace sluice::detail
