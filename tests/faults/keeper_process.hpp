#pragma once

#include "model/base/utc_time.hpp"
#include "model/rules/rule_state.hpp"
#include "tests/faults/rule_lines.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace sluice {

/// A `fault_keeper`: keepers of a directory of rules and of a database, with a clock that the test moves, in
/// a process of its own. It goes on following both whatever the test does meanwhile. Killed at the latest
/// when the object goes. Whatever it does not answer within two minutes throws. Thread: one at a time.
class keeper_process {
public:
  enum class place { directory, database };

  /// Returns when both are loaded. `fault`: where it dies by itself (`SLUICE_FAULT`); empty: nowhere.
  keeper_process(const std::filesystem::path& directory, const std::filesystem::path& database, utc_time now,
                 const std::string& fault = {});
  keeper_process(const keeper_process&) = delete;
  keeper_process& operator=(const keeper_process&) = delete;
  ~keeper_process();

  /// What one who has subscribed to a keeper has.
  struct sight {
    rule_lines rules;
    /// How many changes of states it has heard since it was last asked to `refresh`.
    std::size_t words = 0;
    /// What contradicts it within that process, e.g. the rules in force.
    std::string quarrels;
    /// It has waited for something else to be seen as long as it may.
    bool late = false;
  };
  /// Returns what it sees now.
  sight look(place at);
  /// The same as soon as it has heard of anything since it last answered this or `look`.
  sight wait(place at);
  /// The same when it has taken in all there is; checks that its rules in force are these.
  sight refresh(place at);

  void set_clock(utc_time now);
  /// Returns what went wrong; empty: the state is persisted and published.
  std::string set_state(place at, const std::string& rule, const rule_state& state);
  /// Has it set `words` states (spoken_words.hpp), and kills it when it has told of `patience` of them: it is
  /// in the middle of one of the next.
  void kill_while_it_speaks(place at, std::size_t words, std::size_t patience, std::size_t story);
  /// The same with one that dies at its fault; returns how many it has told of.
  std::size_t speak_until_it_dies(place at, std::size_t words, std::size_t story);

private:
  void send(const std::string& command) const;
  std::string receive();
  std::optional<std::string> receive_unless_dead();
  sight ask(const std::string& command, place at);
  void end() noexcept;

  pid_t id_ = 0;
  int line_ = -1;
  std::string received_;
};

} // namespace sluice
