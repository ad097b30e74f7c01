#pragma once

#include "model/config/finding.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// True for names that end with `.yaml` or `.yml` and are not hidden: one rule each. What editors leave
/// beside a file they write (`.a.yaml.swp`, `.#a.yaml`, `#a.yaml#`, `a.yaml~`, `4913`, `a.yaml.tmp`) is none
/// of them.
bool is_rule_file(std::string_view name) noexcept;

/// Which file stands behind a name, as last written: it goes with the file when that is renamed. Of a link,
/// the link's own.
struct file_stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t written_seconds = 0;
  std::int64_t written_nanoseconds = 0;

  friend auto operator<=>(const file_stamp&, const file_stamp&) = default;
};

/// An entry of a directory, itself.
struct file_entry {
  file_stamp stamp;
  /// A file of one name: somebody may just be writing it. Links are whole as soon as they are there.
  bool may_be_unfinished = false;
};

/// Returns the entry of that name, or nothing when there is none.
std::optional<file_entry> find_entry(int directory, const std::string& name) noexcept;

/// A file that should hold a rule: its name, relative to whatever it is in, and what is in it.
struct rule_file {
  std::string name;
  std::string text;
};

/// What reading a rule's file came to.
struct rule_text {
  enum class kind {
    absent,
    skipped, ///< a directory, a pipe or a device
    read,
    failed, ///< `trouble` says why
  };
  kind what = kind::absent;
  std::string text = {};
  finding trouble = {};
};

/// Reads the file of that name in an open directory, at most `rule_text_limit` bytes; a larger one has failed
/// before it is read. Links are followed. Never waits for a pipe.
rule_text read_rule_text(int directory, const std::string& name);

/// Returns the names of an open directory that `is_rule_file` likes, in order. Throws
/// `error("rules_unavailable")`.
std::vector<std::string> rule_file_names(int directory);

/// Returns the same names by what stands behind them. Throws as that.
std::map<file_stamp, std::string> stamped_rule_files(int directory);

} // namespace sluice
