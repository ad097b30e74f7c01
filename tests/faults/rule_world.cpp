#include "tests/faults/rule_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::size_t file_count = 10;
constexpr std::size_t id_count = 8;
constexpr std::size_t words_of_a_speaker = 30;

/// How far a process has come that may be killed at any moment.
class shared_progress {
public:
  shared_progress()
      : place_(::mmap(nullptr, sizeof(counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (place_ == MAP_FAILED)
      throw std::bad_alloc();
    counters_ = new (place_) counters;
  }
  shared_progress(const shared_progress&) = delete;
  shared_progress& operator=(const shared_progress&) = delete;
  ~shared_progress() { ::munmap(place_, sizeof(counters)); }

  struct counters {
    std::atomic<std::size_t> begun{0};
    std::atomic<std::size_t> done{0};
  };
  counters& get() const noexcept { return *counters_; }

private:
  void* place_;
  counters* counters_ = nullptr;
};

/// Must come to its end.
void in_a_process(const std::function<void()>& act) {
  forked_child other([&](forked_child&) {
    act();
    return 0;
  });
  if (const int status = other.wait(); status != 0)
    throw std::runtime_error(fmt::format("the other process ended with {}", status));
}

std::string spoken_id(std::size_t number) {
  return fmt::format("r{}", number % id_count);
}

} // namespace

rule_world::rule_world(std::uint64_t seed)
    : random_(seed),
      here_{(fs::create_directory(directory_), open_directory())},
      seldom_{open_directory()},
      tail_{database_.open(now_)} {}

const std::vector<rule_world::choice>& rule_world::choices() {
  static const std::vector<choice> all = {
      {"edit", 24, &rule_world::edit},
      {"malformed edit", 6, &rule_world::spoil},
      {"rename", 12, &rule_world::rename},
      {"exchange", 2, &rule_world::exchange},
      {"delete", 8, &rule_world::erase},
      {"litter", 4, &rule_world::litter},
      {"state", 20, &rule_world::say},
      {"expiry", 10, &rule_world::pass_time},
      {"clock back", 3, &rule_world::turn_clock_back},
      {"directory away", 3, &rule_world::take_directory_away},
      {"kill", 6, &rule_world::kill_a_speaker},
      {"restart", 2, &rule_world::restart_follower},
  };
  return all;
}

void rule_world::step() {
  unsigned total = 0;
  for (const auto& each : choices())
    total += each.weight;
  auto dice = below(total);
  for (const auto& each : choices()) {
    if (dice >= each.weight) {
      dice -= each.weight;
      continue;
    }
    words_ = 0;
    story_.push_back(fmt::format("{}: {}", each.kind, (this->*each.act)()));
    ++kinds_[each.kind];
    break;
  }
  compare();
}

std::string rule_world::any_file() {
  return fmt::format("f{}.{}", below(file_count), "yaml");
}

std::string rule_world::present_file() {
  const auto files = model_.files();
  return files.empty() ? std::string() : files[below(files.size())];
}

std::string rule_world::any_id() {
  return spoken_id(below(id_count));
}

rule rule_world::any_rule(const std::string& file) {
  const auto old = model_.rule_of(file);
  const auto id = old && below(10) < 7 ? old->id : any_id();
  ++edits_;
  return rule_called(id, fmt::format("p{}", edits_), edits_);
}

rule_state rule_world::any_state() {
  rule_state state{rule_mode::enabled, 1, fmt::format("reason {}", story_.size()), "ann", now_, {}};
  const auto dice = below(5);
  if (dice == 0)
    return state;
  state.mode = dice < 3 ? rule_mode::disabled : rule_mode::clipped;
  if (state.mode == rule_mode::clipped)
    state.confidence_max = static_cast<double>(below(1000)) / 1000;
  if (below(3) != 0)
    state.expires_at = now_ + seconds{1 + below(600)};
  return state;
}

std::unique_ptr<rule_store> rule_world::open_directory() {
  return open_rule_directory(directory_, [this] { return now_; }, {});
}

void rule_world::somewhere(const std::function<void()>& act) {
  if (below(4) == 0)
    in_a_process(act);
  else
    act();
}

std::string rule_world::by_somebody(const std::function<void(rule_store&)>& act) {
  switch (below(4)) {
  case 0:
    in_a_process([&] { act(*open_directory()); });
    return "another process";
  case 1:
    act(*open_directory());
    return "somebody new";
  case 2:
    act(*seldom_.rules);
    return "the one who seldom looks";
  default:
    act(*here_.rules);
    return "the follower";
  }
}

std::string rule_world::write_somehow(const fs::path& to, const std::string& text) {
  const auto way = below(fs::exists(to) ? 4 : 2);
  auto aside = to;
  aside += '~';
  somewhere([&] {
    if (way == 0) {
      write_and_rename(to, text);
      return;
    }
    if (way == 2)
      fs::remove(to);
    if (way == 3)
      fs::rename(to, aside);
    write_in_place(to, text);
    if (way == 3)
      fs::remove(aside);
  });
  const char* const ways[] = {"by a rename", "in place", "after a delete", "with the old one aside"};
  return ways[way];
}

std::string rule_world::edit() {
  const auto file = any_file();
  const auto content = any_rule(file);
  const auto way = write_somehow(path(file), write_rule(content));
  model_.write(file, content);
  return fmt::format("{} is {} {} {}", file, content.id, content.pattern, way);
}

std::string rule_world::spoil() {
  const auto file = any_file();
  const auto way = write_somehow(path(file), fmt::format("rule_id: [ # {}", ++edits_));
  model_.write(file, {});
  return fmt::format("{} {}", file, way);
}

std::string rule_world::rename() {
  const auto from = present_file();
  if (from.empty())
    return "none";
  if (below(4) == 0) {
    somewhere([&] { fs::rename(path(from), path(from + ".off")); });
    model_.erase(from);
    return from + " to a name that is no rule";
  }
  const auto to = any_file();
  if (to == from)
    return "none";
  somewhere([&] { fs::rename(path(from), path(to)); });
  model_.rename(from, to);
  return from + " to " + to;
}

std::string rule_world::exchange() {
  const auto one = present_file();
  const auto other = present_file();
  // What a malformed file last was, and who was first of two, is not kept when files change places.
  if (one == other || !model_.is_alone(one) || !model_.is_alone(other))
    return "none";
  if (::renameat2(AT_FDCWD, path(one).c_str(), AT_FDCWD, path(other).c_str(), RENAME_EXCHANGE) != 0)
    return "not on this file system";
  model_.exchange(one, other);
  return one + " and " + other;
}

std::string rule_world::erase() {
  const auto file = present_file();
  if (file.empty())
    return "none";
  somewhere([&] { fs::remove(path(file)); });
  model_.erase(file);
  return file;
}

std::string rule_world::litter() {
  const char* const names[] = {".f0.yaml.swp", "#f1.yaml#", ".#f2.yaml", "4913", "f3.yaml~", "f4.yaml.tmp"};
  const auto* const name = names[below(std::size(names))];
  somewhere([&] { write_in_place(path(name), "rule_id: ["); });
  return name;
}

std::string rule_world::say() {
  const auto id = any_id();
  const auto state = any_state();
  const auto who = by_somebody([&](rule_store& in) { in.set_state(id, state, now_); });
  tail_.rules->set_state(id, state, now_);
  words_ += model_.say(id, state, now_);
  return fmt::format("{} {} {}, by {}", id, to_string(state.mode),
                     state.expires_at ? "until " + to_string(*state.expires_at) : "for good", who);
}

std::string rule_world::pass_time() {
  now_ += seconds{1 + below(400)};
  const auto who = by_somebody([&](rule_store& in) { in.expire(now_); });
  tail_.rules->expire(now_);
  const auto count = model_.expire(now_);
  words_ += count;
  return fmt::format("{} at {}, by {}", count, to_string(now_), who);
}

std::string rule_world::turn_clock_back() {
  now_ -= seconds{1 + below(200)};
  return to_string(now_);
}

std::string rule_world::take_directory_away() {
  const auto aside = folder_.path() / "aside";
  fs::rename(directory_, aside);
  if (!here_.listen().empty())
    complaints_ += "changes while the directory was away\n";
  const auto file = present_file();
  const bool edits = !file.empty() && below(2) == 0;
  if (edits) {
    const auto content = any_rule(file);
    write_and_rename(aside / file, content);
    model_.write(file, content);
  }
  fs::rename(aside, directory_);
  return edits ? file + " was edited meanwhile" : "and back";
}

/// Sets states in one place until it dies; then the other place is told what the first has kept.
std::string rule_world::kill_a_speaker() {
  const bool of_directory = below(3) != 0;
  const auto patience = below(words_of_a_speaker);
  const auto base = story_.size();
  const char* const points[] = {"rule_states.locked", "rule_states.written", "rule_states.renamed"};
  const auto fault =
      of_directory && below(2) == 0 ? fmt::format("{}:{}", points[below(3)], 1 + patience) : "";
  const auto word = [&](std::size_t number) {
    return rule_state{rule_mode::disabled, 1, fmt::format("{} of {}", number, base), "speaker", now_, {}};
  };
  const shared_progress progress;
  {
    forked_child speaker([&](forked_child& self) {
      ::setenv("SLUICE_FAULT", fault.c_str(), 1);
      const auto rules = of_directory ? open_directory() : database_.open(now_);
      for (std::size_t i = 1; i <= words_of_a_speaker; ++i) {
        progress.get().begun = i;
        rules->set_state(spoken_id(i), word(i), now_);
        progress.get().done = i;
        self.tell();
      }
      for (;;)
        ::pause();
      return 0;
    });
    if (fault.empty())
      for (std::uint64_t i = 0; i < patience; ++i)
        speaker.await();
    if (fault.empty())
      speaker.signal(SIGKILL);
    if (const int status = speaker.wait(); status != 128 + SIGKILL)
      complaints_ += fmt::format("the speaker ended with {}\n", status);
  }
  auto kept = progress.get().done.load();
  const auto begun = progress.get().begun.load();
  const auto first = of_directory ? open_directory() : database_.open(now_);
  if (begun > kept && first->state(spoken_id(begun), now_) == word(begun))
    kept = begun;
  words_ += replay(of_directory ? *tail_.rules : *here_.rules, kept, word);
  return fmt::format("of {} words to the {} {} are kept {}", begun, of_directory ? "directory" : "database",
                     kept, fault);
}

std::size_t rule_world::replay(rule_store& at, std::size_t count,
                               const std::function<rule_state(std::size_t)>& state) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i <= count; ++i) {
    at.set_state(spoken_id(i), state(i), now_);
    changes += model_.say(spoken_id(i), state(i), now_);
  }
  return changes;
}

std::string rule_world::restart_follower() {
  here_ = rule_follower{open_directory()};
  model_.restart();
  if (below(2) == 0)
    tail_ = rule_follower{database_.open(now_)};
  return "the follower";
}

void rule_world::compare() {
  require_changes("the follower", here_);
  require_same("the follower", here_.view, model_.followed());
  require_same("a fresh load", open_directory()->load().rules, model_.fresh());
  sync();
  require_changes("the database's follower", tail_);
  require_same("the database's follower", tail_.view, here_.view);
  require_same("the database", database_.open(now_)->load().rules, here_.view);
  if (below(6) != 0)
    return;
  seldom_.listen();
  if (model_.is_plain())
    require_same("who seldom looks", seldom_.view, model_.fresh());
}

void rule_world::require_same(const std::string& who, const rule_view& seen, const rule_view& wanted) {
  const auto difference = changes_between(seen, wanted, {});
  if (!difference.empty())
    complaints_ += fmt::format("{} lacks: {}\n", who, story_of(difference));
}

/// Each change is one, and each word is heard once.
void rule_world::require_changes(const std::string& who, rule_follower& follower) {
  std::size_t words = 0;
  const auto heard = follower.rules->changes();
  for (const auto& change : heard) {
    const auto before = follower.view;
    apply_change(follower.view, change);
    if (changes_between(before, follower.view, {}).size() != 1)
      complaints_ +=
          fmt::format("{} has heard what is no change: {} {}\n", who, to_string(change.what), change.rule);
    words += change.what == rule_change_kind::state || change.what == rule_change_kind::expired ? 1 : 0;
  }
  if (words != words_)
    complaints_ += fmt::format("{} has heard {} words, not {}: {}\n", who, words, words_, story_of(heard));
}

void rule_world::sync() {
  database_.with_store(now_, [&](store& in) {
    store_transaction transaction(in);
    sync_rules(in, here_.view, "rules", "sync", now_);
    transaction.commit();
  });
}

} // namespace sluice
