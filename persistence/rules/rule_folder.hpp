#pragma once

#include "model/rules/rule_batch.hpp"
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
/// file that cannot be read any more, or is no rule any more, defines what it last did. Of more files than
/// the limit the others are left out, which is a finding, until there is room.
///
/// `directory` is an open directory, each time; names are relative to it.
class rule_folder {
public:
  /// `directory` is for messages alone. `reader` is given what has changed, many texts at a time.
  explicit rule_folder(std::filesystem::path directory, rule_batch_reader reader = read_rules_in_turn,
                       std::size_t limit = rule_count_limit)
      : directory_(std::move(directory)), reader_(std::move(reader)), limit_(limit) {}

  /// Reads what is there, and drops what is not. Throws as `rule_file_names`; nothing has changed then.
  void scan(int directory);
  /// Reads one file, if it is there.
  void read(int directory, const std::string& file);
  /// Reads files that were left out, if there is room now.
  void read_left_out(int directory);
  /// As if these had been read from the directory.
  void put(std::vector<rule_file> files);
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
  /// The ids of the rules that the files define, by the files' names.
  std::map<std::string, std::string> ids() const { return claims_.ids(); }

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

  /// A text that is not the one that was read last.
  struct changed_file {
    std::string name;
    std::string text;
    std::size_t digest = 0;
  };

  bool has_room_for(const std::string& file);
  void look_at(int directory, const std::string& file, std::vector<changed_file>& changed);
  static void add_if_changed(const std::string& file, const known_file& known, std::string text,
                             std::vector<changed_file>& changed);
  void take_in(std::vector<changed_file>& changed);
  void note(const std::string& file, known_file& known, findings wrong);
  std::string place_of(const std::string& file) const { return (directory_ / file).native(); }
  rule_finding describe(const rule_claims::conflict& conflict) const;
  rule_finding describe_left_out() const;

  std::filesystem::path directory_;
  rule_batch_reader reader_;
  std::size_t limit_;
  std::map<std::string, known_file> files_;
  rule_claims claims_;
  std::set<rule_claims::conflict> told_conflicts_;
  /// Files for which there is no room.
  std::set<std::string> left_out_;
  bool told_left_out_ = false;
  std::vector<rule_finding> found_;
};

/// Returns what is wrong with a file whose rule another file has, too: `first`, which keeps force.
finding duplicate_rule(const std::string& rule, const std::string& first);
/// Returns what is wrong with a directory of more files than `limit`; `one` is among those left out.
finding too_many_rule_files(std::size_t left_out, const std::string& one, std::size_t limit);

} // namespace sluice
