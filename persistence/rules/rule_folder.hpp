#pragma once

#include "persistence/rules/rule_claims.hpp"
#include "persistence/rules/rule_files.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice {

/// The files of a directory of rules as they were last read: what they define, and what is wrong with them. A
/// file that cannot be read any more, or is no rule any more, defines what it last did.
///
/// `directory` is an open directory, each time; names are relative to it.
class rule_folder {
public:
  /// `directory` is for messages alone.
  explicit rule_folder(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Reads what is there, and drops what is not. Throws as `rule_file_names`; nothing has changed then.
  void scan(int directory);
  /// Reads one file, if it is there.
  void read(int directory, const std::string& file);
  /// There is no such file any more.
  void drop(const std::string& file);
  /// The file has another name now.
  void carry(const std::string& from, const std::string& to);

  /// True when the file was read as it now stands in the directory.
  bool is_current(int directory, const std::string& file) const;
  /// True when the file was there and could not be read.
  bool is_unreadable(const std::string& file) const;
  /// What stands behind the name of a file that was read.
  std::optional<file_stamp> stamp_of(const std::string& file) const;

  /// Returns what has come of it since the last call.
  std::vector<rule_change> settle(utc_time at) { return claims_.settle(at); }
  /// As of the last `settle`.
  const std::map<std::string, std::shared_ptr<const rule>>& in_force() const noexcept {
    return claims_.in_force();
  }

  /// Returns what has been found wrong since the last call.
  std::vector<rule_finding> take_findings();
  /// Returns what is wrong now.
  std::vector<rule_finding> findings_now() const;

private:
  struct known_file {
    std::optional<file_stamp> stamp;
    /// Of the text; none: it could not be read.
    std::optional<std::size_t> digest;
    findings wrong;
  };

  void take_in(const std::string& file, known_file& known, const std::string& text);
  void note(const std::string& file, known_file& known, findings wrong);
  std::string place_of(const std::string& file) const { return (directory_ / file).native(); }
  rule_finding describe(const rule_claims::conflict& conflict) const;

  std::filesystem::path directory_;
  std::map<std::string, known_file> files_;
  rule_claims claims_;
  std::set<rule_claims::conflict> told_conflicts_;
  std::vector<rule_finding> found_;
};

} // namespace sluice
