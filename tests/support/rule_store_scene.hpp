#pragma once

#include "persistence/rules/directory_rules.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "persistence/rules/sync_rules.hpp"
#include "tests/support/database_rules_scene.hpp"
#include "tests/support/forked_child.hpp"
#include "tests/support/rule_files.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

namespace sluice {

/// The kinds of place in which rules are, for tests that run over each. `open` opens the rules as one more
/// process would; `define`, `remove` and `spoil` are what an author of rules does.
struct rule_directory_backend {
  scratch_folder folder;

  std::unique_ptr<rule_store> open(const utc_time& now) {
    return open_rule_directory(folder.path(), [&now] { return now; }, {});
  }
  std::filesystem::path file_of(const std::string& id) const { return folder.path() / (id + ".yaml"); }

  void define(const rule& definition, utc_time) { write_and_rename(file_of(definition.id), definition); }
  void remove(const std::string& id, utc_time) { std::filesystem::remove(file_of(id)); }
  void spoil(const std::string& id, utc_time) { write_and_rename(file_of(id), "rule_id: ["); }

  /// Calls `act` in another process; true when it came to its end.
  template <class Act>
  bool elsewhere(Act act) {
    return forked_child([&](forked_child&) {
             act();
             return 0;
           }).wait() == 0;
  }
};

/// A database that is fed from a directory, as `sluice rules sync` does.
template <class Store>
struct synced_rules_backend {
  Store medium;
  rule_view corpus;

  std::unique_ptr<rule_store> open(const utc_time& now) { return medium.open(now); }

  void define(const rule& definition, utc_time now) {
    corpus[definition.id].definition = std::make_shared<const rule>(definition);
    sync(now);
  }
  void remove(const std::string& id, utc_time now) {
    corpus.erase(id);
    sync(now);
  }
  void spoil(const std::string& id, utc_time now) {
    write(now, [&](store& in) {
      in.rules().put({id, 1, "rule_id: [", "test", now, now});
      in.rules().append_change({0, now, rule_change_kind::defined, id, "author", "rule_id: [", {}});
    });
  }
  template <class Act>
  bool elsewhere(Act act) {
    return medium.elsewhere(act);
  }

private:
  void sync(utc_time now) {
    write(now, [&](store& in) { sync_rules(in, corpus, "test", "author", now); });
  }
  template <class Act>
  void write(utc_time now, Act act) {
    medium.with_store(now, [&](store& in) {
      store_transaction transaction(in);
      act(in);
      transaction.commit();
    });
  }
};

struct memory_medium {
  memory_store only;

  std::unique_ptr<rule_store> open(const utc_time& now) {
    return open_database_rules(direct_transactions(only, only, [&now] { return now; }));
  }
  template <class Act>
  void with_store(utc_time, Act act) {
    act(only);
  }
  /// There is no other process that could see it.
  template <class Act>
  bool elsewhere(Act act) {
    act();
    return true;
  }
};

/// Each who opens it has connections of its own.
struct sqlite_medium {
  scratch_folder folder;

  struct opened {
    sqlite_store writer;
    sqlite_store reader;
  };

  sqlite_options options(sqlite_access access) const {
    sqlite_options made;
    made.path = folder.path() / "rules.db";
    made.access = access;
    return made;
  }
  std::unique_ptr<rule_store> open(const utc_time& now) {
    const std::shared_ptr<opened> both(new opened{sqlite_store(options(sqlite_access::write), now),
                                                  sqlite_store(options(sqlite_access::read), now)});
    auto direct = direct_transactions(both->reader, both->writer, [&now] { return now; });
    return open_database_rules({[both, read = direct.read](const auto& task) { read(task); },
                                [both, write = direct.write](const auto& task) { write(task); }});
  }
  template <class Act>
  void with_store(utc_time now, Act act) {
    sqlite_store store(options(sqlite_access::write), now);
    act(store);
  }
  template <class Act>
  bool elsewhere(Act act) {
    return forked_child([&](forked_child&) {
             act();
             return 0;
           }).wait() == 0;
  }
};

using rule_backends = std::tuple<rule_directory_backend, synced_rules_backend<sqlite_medium>,
                                 synced_rules_backend<memory_medium>>;

/// Somebody who has loaded the rules and keeps a view of them from their changes alone.
struct rule_follower {
  std::unique_ptr<rule_store> rules;
  rule_view view = rules->load().rules;

  std::vector<rule_change> listen() {
    auto heard = rules->changes();
    for (const auto& change : heard)
      apply_change(view, change);
    return heard;
  }
};

/// A place, a clock that the test moves, and authors and operators.
template <class Backend>
struct rule_store_scene {
  Backend place;
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();

  std::unique_ptr<rule_store> open() { return place.open(now); }
  rule_follower follow() { return {open()}; }
  void define(const rule& definition) { place.define(definition, now); }
  void remove(const std::string& id) { place.remove(id, now); }
  void spoil(const std::string& id) { place.spoil(id, now); }
  void say(const std::string& id, const rule_state& state) { open()->set_state(id, state, now); }

  rule_state disabled(std::chrono::milliseconds ends_after = {}) const {
    rule_state state{rule_mode::disabled, 1, "too loud", "ann", now, {}};
    if (ends_after > ends_after.zero())
      state.expires_at = now + ends_after;
    return state;
  }
  rule_state clipped(double confidence_max) const {
    return {rule_mode::clipped, confidence_max, "unsure", "bob", now, {}};
  }

  /// What lies between a view and a fresh load, as a story; empty: they agree.
  std::string difference(const rule_view& view) {
    return story_of(changes_between(view, open()->load().rules, now));
  }
};

} // namespace sluice
