#pragma once

#include "persistence/rules/rule_store.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sluice {

/// Which files define which rules, and which definition is in force: of several files with one id, the one
/// that claimed it first. Names of files mean nothing beyond that. No I/O.
class rule_claims {
public:
  /// A file that defines a rule which another one has defined before.
  struct conflict {
    std::string rule;
    std::string first;
    std::string second;

    friend auto operator<=>(const conflict&, const conflict&) = default;
  };

  /// The file defines this now, instead of what it defined before.
  void put(const std::string& file, std::shared_ptr<const rule> definition);
  /// The file defines nothing any more.
  void drop(const std::string& file);
  /// The file has another name now; one that had that name before is gone. Nothing happens when it defines
  /// nothing: a malformed file that takes the place of another takes no rule away.
  void carry(const std::string& from, const std::string& to);

  /// Returns what all that since the last call has come to: first what is removed, then what is defined, by
  /// id.
  std::vector<rule_change> settle(utc_time at);

  /// As of the last `settle`.
  const std::map<std::string, std::shared_ptr<const rule>>& in_force() const noexcept { return in_force_; }
  std::set<conflict> conflicts() const;
  /// The ids of what files define, in force or not, by the files' names.
  std::map<std::string, std::string> ids() const;

private:
  struct claim {
    std::uint64_t rank = 0;
    std::shared_ptr<const rule> definition;
  };

  std::map<std::string, claim> files_;
  /// By id, in the order in which they came: the files' names.
  std::map<std::string, std::map<std::uint64_t, std::string>> claimants_;
  /// The ids that several files have.
  std::set<std::string> contested_;
  std::map<std::string, std::shared_ptr<const rule>> in_force_;
  std::set<std::string> touched_;
  std::uint64_t next_rank_ = 0;
};

} // namespace sluice
