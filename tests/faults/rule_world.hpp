#pragma once

#include "tests/faults/keeper_process.hpp"
#include "tests/faults/rule_model.hpp"
#include "tests/support/rule_store_scene.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace sluice {

/// A directory of rules and a database that is fed from it, to which random things are done; who follows them
/// must see what `rule_model` says, after each: a store of each, fresh loads, and keepers in another process,
/// which take part, are killed and begin anew.
class rule_world {
public:
  explicit rule_world(std::uint64_t seed);

  /// Does one thing, then compares everything.
  void step();

  /// What was done.
  const std::vector<std::string>& story() const noexcept { return story_; }
  /// What is not as it should be; empty: all is.
  const std::string& complaints() const noexcept { return complaints_; }
  /// How many things of each kind were done.
  const std::map<std::string, int>& kinds() const noexcept { return kinds_; }

private:
  using action = std::string (rule_world::*)();
  struct choice {
    const char* kind;
    unsigned weight;
    action act;
  };
  static const std::vector<choice>& choices();

  // What is done; each returns what it was, for people.
  std::string edit();
  std::string spoil();
  std::string rename();
  std::string exchange();
  std::string erase();
  std::string litter();
  std::string say();
  std::string pass_time();
  std::string turn_clock_back();
  std::string take_directory_away();
  std::string kill_a_speaker();
  /// A point at which whoever sets states dies when it has passed it so often.
  std::string any_fault(bool of_directory, std::size_t passings);
  std::string kill_the_keeper();
  std::string restart_follower();

  // How.
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::string any_file();
  std::string present_file();
  std::string any_id();
  rule any_rule(const std::string& file);
  rule_state any_state();
  std::filesystem::path path(const std::string& file) const { return directory_ / file; }
  std::string write_somehow(const std::filesystem::path& to, const std::string& text);
  /// Here or in another process.
  void somewhere(const std::function<void()>& act);
  /// By one of those who have the directory open, by somebody new or by another process.
  std::string by_somebody(const std::function<void(rule_store&)>& act);
  /// Finds how many of the words that a killed process was to say in one place are kept, `least` of them for
  /// certain, and says them in the other; returns how many.
  std::size_t catch_up(bool of_directory, std::size_t least, std::size_t most, std::size_t story);

  std::unique_ptr<rule_store> open_directory();
  void compare();
  void require_same(const std::string& who, const rule_view& seen, const rule_view& wanted);
  void require_changes(const std::string& who, rule_follower& follower);
  /// Waits until the keeper has heard by itself what it takes; then that must be all.
  void require_kept(keeper_process::place at, const std::function<std::string(const rule_lines&)>& quarrel);
  void begin_keeper();
  void set_clock(utc_time now);
  void sync();

  std::mt19937_64 random_;
  scratch_folder folder_;
  std::filesystem::path directory_ = folder_.path() / "rules";
  utc_time now_ = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  rule_model model_;
  sqlite_medium database_;
  rule_follower here_;
  rule_follower seldom_;
  rule_follower tail_;
  std::unique_ptr<keeper_process> keeper_;
  /// It has not been there for all of this step.
  bool keeper_is_new_ = true;
  /// How many changes of states this step should be heard as.
  std::size_t words_ = 0;
  std::uint64_t edits_ = 0;
  std::vector<std::string> story_;
  std::map<std::string, int> kinds_;
  std::string complaints_;
};

} // namespace sluice
