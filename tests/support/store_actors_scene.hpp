#pragma once

#include "actors/store/store_actors.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/support/actor_scene.hpp"
#include "tests/support/event_rows.hpp"
#include "tests/support/scratch_folder.hpp"

#include <cstddef>
#include <filesystem>
#include <tuple>

namespace sluice {

/// Where the database of a scene is.
struct in_memory {
  std::filesystem::path path() const { return {}; }
};
struct in_file {
  scratch_folder folder;
  std::filesystem::path path() const { return folder.path() / "runs.db"; }
};
using store_places = std::tuple<in_memory, in_file>;

/// The persistence actors of one database, in an actor system of two workers.
template <class Place>
struct store_actors_scene {
  Place place;
  actor_scene actors;
  store_actors stores;

  explicit store_actors_scene(std::chrono::milliseconds watch_pause = std::chrono::milliseconds{1})
      : stores(open_store_actors(actors.system(), settings(watch_pause))) {}
  ~store_actors_scene() { BOOST_TEST(stores.stop(patience)); }

  const store_access& access() const { return stores.access(); }

  /// Calls `act` in a transaction of the writer and waits for it.
  template <class Act>
  void write(Act act) {
    access()
        .template write<bool>([act](store& in, utc_time) {
          act(in);
          return true;
        })
        .get();
  }
  void insert_run(const uuid& run) {
    write([=](store& in) { insert_bare_run(in, run); });
  }
  /// Appends events to a run whose last has the number `last_seq`, which goes on.
  void append(const uuid& run, std::uint64_t& last_seq, std::size_t count) {
    write([=, from = last_seq](store& in) {
      auto seq = from;
      append_events(in, run, seq, count);
    });
    last_seq += count;
  }
  void command(const uuid& run, const std::string& reason) {
    write([=](store& in) { insert_command(in, run, reason); });
  }
  std::vector<std::int64_t> event_ids(std::int64_t since) {
    return access()
        .template read<std::vector<std::int64_t>>(
            [=](store& in, utc_time) { return ids_of(in.events().since(since, 1'000'000)); })
        .get();
  }

private:
  store_actors_settings settings(std::chrono::milliseconds watch_pause) {
    store_actors_settings made;
    made.database = place.path();
    made.clock = [] { return parse_utc_time("2026-11-21T12:00:00.000Z").value(); };
    made.log = actors.log();
    made.watch_pause = watch_pause;
    return made;
  }
};

} // namespace sluice
