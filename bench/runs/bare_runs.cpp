#include "bench/runs/bare_runs.hpp"

#include "model/base/error.hpp"
#include "model/base/uuid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/sqlite/bare_database.hpp"

namespace sluice::bench {

namespace {

using std::chrono::steady_clock;

constexpr std::string_view graph = R"({"version":1,"steps":{"a":{"kind":"noop"}}})";
constexpr std::string_view owner = "2f1c7a52-2f54-4a4e-9f0a-6f7a3f1d2b11:4711:123456:00000000deadbeef";
constexpr std::string_view boot = "2f1c7a52-2f54-4a4e-9f0a-6f7a3f1d2b11";
constexpr std::int64_t expires = 1'000'000'000'000;

std::string present() {
  return to_string(std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

double seconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// A run that was claimed.
struct held_run {
  std::int64_t key = 0;
  std::string id;
  std::int64_t version = 0;
  std::int64_t last_seq = 0;
};

/// The statements, each once.
class bare_store {
public:
  explicit bare_store(const std::filesystem::path& path) : in_(path) {}

  void create(std::size_t count) {
    begin();
    for (std::size_t i = 0; i < count; ++i)
      create_one();
    in_.commit();
  }

  /// Returns how many there were.
  std::size_t work_off(std::size_t count) {
    begin();
    const auto runs = claim(count);
    in_.commit();
    begin();
    for (const auto& run : runs)
      end(run);
    in_.commit();
    return runs.size();
  }

private:
  void begin() {
    in_.run("BEGIN IMMEDIATE");
    now_ = present();
  }

  void create_one() {
    const auto id = to_string(
        ids_.make(std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())));
    insert_run_.bind(id).bind(now_).bind(now_).bind(now_).run();
    const auto key = in_.last_key();
    insert_state_.bind(key).bind(graph).bind("null").run();
    add_event(key, 1, "RUN_CREATED", R"({"env":"default","lane":"default","job_type":"","requested_by":""})");
  }

  std::vector<held_run> claim(std::size_t count) {
    std::vector<held_run> runs;
    next_.bind(now_).bind(static_cast<std::int64_t>(count));
    while (next_.next())
      runs.push_back({next_.integer(0), next_.text(1), next_.integer(2), next_.integer(3)});
    for (auto& run : runs)
      start(run);
    if (!runs.empty())
      count_ticks(runs.size());
    return runs;
  }

  void start(held_run& run) {
    state_.bind(run.key);
    if (!state_.next() || state_.text(0) != graph)
      throw error("wrong_rows", "a run has another graph");
    state_.next();
    claim_run_.bind(now_).bind(now_).bind(run.version + 1).bind(run.last_seq + 3);
    claim_run_.bind(run.key).bind(run.version).run();
    insert_lease_.bind(run.key).bind(owner).bind(boot).bind(expires).run();
    add_event(run.key, run.last_seq + 1, "RUN_PREPARING", R"({"from":"queued","to":"preparing"})");
    add_event(run.key, run.last_seq + 2, "RUN_STARTED", R"({"from":"preparing","to":"running"})");
    add_event(run.key, run.last_seq + 3, "STEP_STARTED",
              fmt::format(R"({{"step":"a","attempt":1,"kind":"noop","token":"{}/a/1","fence":1}})", run.id));
    insert_step_.bind(run.key).bind(now_).run();
    ++run.version;
    run.last_seq += 3;
  }

  void end(const held_run& run) {
    end_run_.bind(now_).bind(now_).bind(run.version + 1).bind(run.last_seq + 2);
    end_run_.bind(run.key).bind(run.version).run();
    release_.bind(run.key).bind(owner).run();
    end_step_.bind(now_).bind(run.key).run();
    add_event(run.key, run.last_seq + 1, "STEP_SUCCEEDED", R"({"step":"a","attempt":1,"result":{}})");
    add_event(run.key, run.last_seq + 2, "RUN_SUCCEEDED", R"({"from":"running","to":"succeeded"})");
  }

  void count_ticks(std::size_t ticks) {
    const auto day = now_.substr(0, 10);
    ticks_ += static_cast<std::int64_t>(ticks);
    if (ticks_ == static_cast<std::int64_t>(ticks))
      insert_lane_.bind(day).bind(ticks_).run();
    else
      update_lane_.bind(day).bind(ticks_).run();
  }

  void add_event(std::int64_t key, std::int64_t seq, std::string_view kind, std::string_view payload) {
    insert_event_.bind(key).bind(seq).bind(kind).bind(now_).bind(payload).run();
  }

  bare_database in_;
  std::string now_;
  std::int64_t ticks_ = 0;
  uuid_maker ids_{[state = std::uint64_t{1}]() mutable {
    return state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
  }};
  bare_statement insert_run_{
      in_, "INSERT INTO runs (id, env, lane, mode, job_type, requested_by, status, priority, available_at, "
           "created_at, updated_at, body_digest, error_code, error_text, version, last_seq, owned) "
           "VALUES (?, 'default', 'default', '', '', '', 'queued', 0, ?, ?, ?, '', '', '', 1, 1, 0)"};
  bare_statement insert_state_{in_, "INSERT INTO run_state (run_key, run_graph, params) VALUES (?, ?, ?)"};
  bare_statement insert_event_{
      in_, "INSERT INTO run_events (run_key, seq, kind, at, payload) VALUES (?, ?, ?, ?, ?)"};
  bare_statement next_{
      in_, "SELECT run_key, id, version, last_seq FROM runs INDEXED BY runs_advance WHERE env = 'default' "
           "AND lane = 'default' AND owned = 0 "
           "AND (status = 'queued' OR status = 'preparing' OR status = 'running') AND priority = 0 "
           "AND available_at <= ? ORDER BY priority DESC, available_at, id LIMIT ?"};
  bare_statement state_{in_, "SELECT run_graph, params FROM run_state WHERE run_key = ?"};
  bare_statement claim_run_{
      in_, "UPDATE runs SET status = 'running', owned = 1, updated_at = ?, started_at = ?, version = ?, "
           "last_seq = ? WHERE run_key = ? AND version = ? AND owned = 0"};
  bare_statement insert_lease_{
      in_, "INSERT INTO leases (run_key, token, owner, expires_boot_id, expires_ns) VALUES (?, 1, ?, ?, ?)"};
  bare_statement insert_step_{
      in_, "INSERT INTO run_steps (run_key, step, status, attempts, failures, lost_in_row, started_at, "
           "error_code, error_text) VALUES (?, 'a', 'running', 1, 0, 0, ?, '', '')"};
  bare_statement end_run_{
      in_, "UPDATE runs SET status = 'succeeded', owned = 0, updated_at = ?, finished_at = ?, version = ?, "
           "last_seq = ? WHERE run_key = ? AND version = ? AND owned = 1"};
  bare_statement release_{in_, "UPDATE leases SET owner = NULL, expires_boot_id = '', expires_ns = 0 "
                               "WHERE run_key = ? AND token = 1 AND owner = ?"};
  bare_statement end_step_{in_, "UPDATE run_steps SET status = 'succeeded', finished_at = ?, result = '{}' "
                                "WHERE run_key = ? AND step = 'a'"};
  bare_statement insert_lane_{in_, "INSERT INTO lanes (env, lane, enabled, reason, usage_day, usage_ticks) "
                                   "VALUES ('default', 'default', 1, '', ?, ?)"};
  bare_statement update_lane_{in_, "UPDATE lanes SET usage_day = ?, usage_ticks = ? "
                                   "WHERE env = 'default' AND lane = 'default'"};
};

} // namespace

run_times bare_runs(const std::filesystem::path& path, std::size_t count, std::size_t in_flight) {
  bare_store in(path);
  run_times took;
  auto began = steady_clock::now();
  for (std::size_t left = count; left > 0;) {
    const auto group = std::min(left, in_flight);
    in.create(group);
    left -= group;
  }
  took.created = seconds_since(began);
  began = steady_clock::now();
  while (in.work_off(in_flight) > 0) {
  }
  took.worked_off = seconds_since(began);
  return took;
}

void check_runs(const std::filesystem::path& path, std::size_t count) {
  bare_database in(path);
  constexpr std::array<std::pair<const char*, std::size_t>, 10> expected = {{
      {"SELECT count(*) FROM runs WHERE status = 'succeeded' AND owned = 0 AND last_seq = 6", 1},
      {"SELECT count(*) FROM runs", 1},
      {"SELECT count(*) FROM run_state", 1},
      {"SELECT count(*) FROM run_steps WHERE status = 'succeeded' AND attempts = 1 AND result = '{}'", 1},
      {"SELECT count(*) FROM run_events", 6},
      {"SELECT count(*) FROM run_events WHERE kind = 'STEP_STARTED' AND seq = 4", 1},
      {"SELECT count(*) FROM run_events WHERE kind = 'RUN_SUCCEEDED' AND seq = 6", 1},
      {"SELECT count(*) FROM leases WHERE owner IS NULL AND token = 1", 1},
      {"SELECT usage_ticks FROM lanes", 1},
      {"SELECT count(DISTINCT id) FROM runs", 1},
  }};
  for (const auto& [select, each] : expected) {
    const auto found = in.number(select);
    if (found != static_cast<std::int64_t>(count * each))
      throw error("wrong_rows",
                  fmt::format("{}: '{}' gives {}, expected {}", path.native(), select, found, count * each));
  }
}

} // namespace sluice::bench
