#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::detail {

/// Returns what RE2 has to say against `pattern`, in its own words and with the place if there is one, or
/// nothing. Refuses what would take more memory than one pattern among many may, too.
std::optional<std::string> pattern_trouble(const std::string& pattern);

/// Patterns of RE2 that are matched together, in one pass over the text. Immutable; any number of threads
/// match at the same time. Patterns and texts are bytes (RE2's Latin-1), so nothing is missed in texts that
/// are not UTF-8.
class pattern_set {
public:
  /// @param patterns sorted, each once.
  /// @param fallbacks counts how often patterns were tried one by one.
  /// @param memory bytes that RE2 may take for them together; 0: what so many usually need.
  pattern_set(std::vector<std::string> patterns, std::shared_ptr<std::atomic<std::uint64_t>> fallbacks,
              std::int64_t memory = 0);
  ~pattern_set();
  pattern_set(const pattern_set&) = delete;
  pattern_set& operator=(const pattern_set&) = delete;

  const std::vector<std::string>& patterns() const noexcept { return patterns_; }
  /// Returns the index of `pattern`, or nothing when it is not among them.
  std::optional<std::size_t> find(std::string_view pattern) const noexcept;

  /// Replaces `out` by the indexes of the patterns that are found in `text`, in no order. Whatever happens to
  /// RE2's memory, none is missed: patterns are tried one by one then.
  void match(std::string_view text, std::vector<int>& out) const;

  /// The indexes of patterns that RE2 refuses; they match nothing.
  const std::vector<std::size_t>& refused() const noexcept;

private:
  struct machines;

  void match_one_by_one(std::string_view text, std::vector<int>& out) const;

  std::vector<std::string> patterns_;
  std::shared_ptr<std::atomic<std::uint64_t>> fallbacks_;
  std::unique_ptr<machines> machines_;
};

} // namespace sluice::detail
