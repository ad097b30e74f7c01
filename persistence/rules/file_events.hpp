#pragma once

#include "model/base/utc_time.hpp"
#include "persistence/rules/directory_watch.hpp"
#include "persistence/rules/rule_folder.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Carries out on a folder what has happened to the files of its directory, one thing after the other. Events
/// say where to look, files say what is there: by the time an event is read, more may have happened.
///
/// Two things are looked at again only after a while: a file that was made and that nobody has closed after
/// writing (it may come whole and without a close, by linkat(2)), and one that an editor has moved aside
/// to `NAME~` before it writes NAME anew.
class file_events {
public:
  static constexpr std::chrono::seconds patience{1};

  /// `folder` must outlive this object.
  explicit file_events(rule_folder& folder) : folder_(&folder) {}

  /// Takes the next events, in order.
  void begin(std::vector<directory_event> events, utc_time now);
  /// What the next one is about; empty after the last.
  std::string_view next_name() const noexcept;
  /// Carries out one of them. Returns false when there is nothing left to do now. Throws as
  /// `rule_file_names`; all is to be read anew then.
  bool take_next(int directory);
  /// All has just been read.
  void forget();

private:
  struct waiting {
    utc_time since;
    std::optional<file_stamp> stamp;
  };

  void carry_out(int directory, const directory_event& event);
  void see_created(int directory, const std::string& file);
  void see_moved_out(int directory, const directory_event& event);
  std::optional<std::string> target_of(const directory_event& event) const;
  std::optional<std::string> find_moved(int directory, const std::string& file);
  bool look_again(int directory);

  rule_folder* folder_;
  std::vector<directory_event> events_;
  std::size_t next_ = 0;
  utc_time now_ = {};
  std::map<std::string, waiting> waiting_;
  /// What is in the directory, once somebody has asked since `begin`.
  std::optional<std::map<file_stamp, std::string>> stamped_;
};

} // namespace sluice
