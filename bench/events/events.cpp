// What an acknowledged event costs beside the insert of its row. See README.md.

#include "actors/store/store_actors.hpp"
#include "model/base/defaults.hpp"
#include "model/base/error.hpp"
#include "model/run/run_event_makers.hpp"
#include "persistence/sqlite/process_settings.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "runtime/embed/own_system.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <semaphore>
#include <string>
#include <vector>

#include "bench/sqlite/bare_database.hpp"
#include "bench/support/contest.hpp"
#include "bench/support/paced.hpp"
#include "bench/support/report.hpp"
#include "bench/support/work_folder.hpp"

namespace {

using namespace sluice;
using namespace sluice::bench;
using std::chrono::steady_clock;

/// How long one run lasts.
constexpr std::chrono::duration<double> run_time{0.5};
/// Runs that get events in turn.
constexpr std::size_t run_count = 64;
constexpr std::string_view payload = R"({"step":"a","attempt":1,"level":"info","text":"a line of its log"})";

utc_time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// Makes a database with `run_count` runs, and returns their ids: their keys are 1, 2, …
std::vector<uuid> make_runs(const std::filesystem::path& path) {
  sqlite_store made({path}, present());
  store_transaction transaction(made);
  std::vector<uuid> runs;
  for (std::size_t i = 0; i < run_count; ++i) {
    run_row row;
    row.id.bytes[0] = 1;
    row.id.bytes[15] = static_cast<std::uint8_t>(i);
    row.env = "default";
    row.lane = "default";
    row.created_at = row.updated_at = row.available_at = present();
    made.runs().insert(row, {"{}", "null"});
    runs.push_back(row.id);
  }
  transaction.commit();
  return runs;
}

/// Throws unless there are `count` events, those of each run numbered from 1.
void check(const std::filesystem::path& path, std::uint64_t count) {
  bare_database in(path);
  const auto found = in.number("SELECT count(*) FROM run_events");
  const auto gaps = in.number("SELECT count(*) FROM (SELECT 1 FROM run_events GROUP BY run_key "
                              "HAVING max(seq) <> count(*) OR min(seq) <> 1)");
  if (found != static_cast<std::int64_t>(count) || gaps != 0)
    throw error("wrong_rows", fmt::format("{} events of {}, {} runs with gaps", found, count, gaps));
}

double bare_seconds(std::uint64_t count, std::size_t group) {
  const work_folder folder;
  const auto path = folder.path() / "events.db";
  make_runs(path);
  double took = 0;
  {
    bare_database in(path);
    bare_statement insert(in, "INSERT INTO run_events (run_key, seq, kind, at, payload) "
                              "VALUES (?, ?, 'STEP_LOG', ?, ?)");
    const auto began = steady_clock::now();
    for (std::uint64_t done = 0; done < count;) {
      in.run("BEGIN IMMEDIATE");
      const auto now = to_string(present());
      for (const auto end = std::min<std::uint64_t>(count, done + group); done < end; ++done) {
        insert.bind(static_cast<std::int64_t>(done % run_count + 1));
        insert.bind(static_cast<std::int64_t>(done / run_count + 1)).bind(now).bind(payload).run();
      }
      in.commit();
    }
    took = seconds_since(began);
  }
  check(path, count);
  return took;
}

/// `group` requests are under way, each for one event; the next is sent when one is acknowledged.
void append_all(const store_access& store, const std::vector<uuid>& runs, std::uint64_t count,
                std::size_t group) {
  const auto text = json::parse(payload);
  std::counting_semaphore<> room(static_cast<std::ptrdiff_t>(group));
  std::exception_ptr failure;
  for (std::uint64_t i = 0; i < count; ++i) {
    room.acquire();
    store.write<bool>(
        store_priority::normal,
        [&text, run = runs[i % run_count], seq = i / run_count + 1](class store& in, utc_time now) {
          std::vector<run_event> events;
          events.push_back({0, run, seq, run_event_kind::step_log, now, text});
          in.events().append(events);
          return true;
        },
        [&](const store_result<bool>& done) {
          if (done.failed())
            failure = done.failure();
          room.release();
        });
  }
  for (std::size_t i = 0; i < group; ++i)
    room.acquire();
  if (failure)
    std::rethrow_exception(failure);
}

double sluice_seconds(std::uint64_t count, std::size_t group) {
  const work_folder folder;
  const auto path = folder.path() / "events.db";
  const auto runs = make_runs(path);
  double took = 0;
  {
    own_system system(0, true, defaults::scheduler_throughput);
    store_actors_settings settings;
    settings.database = path;
    settings.clock = present;
    store_actors stores(system.get(), settings);
    // Opens the file.
    stores.access().write<bool>([](store&, utc_time) { return true; }).get();
    const auto began = steady_clock::now();
    append_all(stores.access(), runs, count, group);
    took = seconds_since(began);
  }
  check(path, count);
  return took;
}

void answer(report& found, const arguments& given) {
  for (const std::size_t group : {1U, 10U, 100U, 1000U}) {
    const auto title = fmt::format("Events acknowledged, groups of {}", group);
    if (!given.wants(title))
      continue;
    const auto through = [&](const char* name, double (*seconds)(std::uint64_t, std::size_t)) {
      return paced(name, run_time * given.scale, [=](std::uint64_t count) { return seconds(count, group); });
    };
    found.add(
        title, "k events/s", 1e3,
        compete({through("bare SQL", bare_seconds), through("Sluice", sluice_seconds)}, 0, given.rounds));
  }
}

} // namespace

int main(int argc, char** argv) {
  set_up_sqlite_for_process();
  return run_benchmark(argc, argv, "events", answer);
}
