#include "tests/faults/rule_world.hpp"

#include "tests/faults/spoken_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <utility>

namespace sluice {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::size_t file_count = 10;

/// Must come to its end.
void in_a_process(const std::function<void()>& act) {
  forked_child other([&](forked_child&) {
    act();
    return 0;
  });
  if (const int status = other.wait(); status != 0)
    throw std::runtime_error(fmt::format("the other process ended with {}", status));
}

} // namespace

rule_world::rule_world(std::uint64_t seed)
    : random_(seed),
      here_{(fs::create_directory(directory_), open_directory())},
      seldom_{open_directory()},
      tail_{database_.open(now_)} {
  begin_keeper();
}

void rule_world::begin_keeper() {
  keeper_ = std::make_unique<keeper_process>(directory_, database_.options({}).path, now_);
  keeper_is_new_ = true;
}

void rule_world::set_clock(utc_time now) {
  now_ = now;
  keeper_->set_clock(now);
}

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
      {"keeper killed", 4, &rule_world::kill_the_keeper},
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
    keeper_is_new_ = false;
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
  return spoken_rule(below(spoken_rules));
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
  using place = keeper_process::place;
  std::string who = "its keeper";
  if (below(4) == 0)
    complaints_ += keeper_->set_state(place::directory, id, state);
  else
    who = by_somebody([&](rule_store& in) { in.set_state(id, state, now_); });
  if (below(4) == 0)
    complaints_ += keeper_->set_state(place::database, id, state);
  else
    tail_.rules->set_state(id, state, now_);
  words_ += model_.say(id, state, now_);
  return fmt::format("{} {} {}, by {}", id, to_string(state.mode),
                     state.expires_at ? "until " + to_string(*state.expires_at) : "for good", who);
}

std::string rule_world::pass_time() {
  set_clock(now_ + seconds{1 + below(400)});
  const auto who = by_somebody([&](rule_store& in) { in.expire(now_); });
  tail_.rules->expire(now_);
  const auto count = model_.expire(now_);
  words_ += count;
  return fmt::format("{} at {}, by {}", count, to_string(now_), who);
}

std::string rule_world::turn_clock_back() {
  set_clock(now_ - seconds{1 + below(200)});
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
  require_kept(keeper_process::place::directory,
               [&](const rule_lines& seen) { return model_.quarrel_with(seen); });
  sync();
  require_changes("the database's follower", tail_);
  require_same("the database's follower", tail_.view, here_.view);
  require_same("the database", database_.open(now_)->load().rules, here_.view);
  require_kept(keeper_process::place::database, [wanted = lines_of(here_.view)](const rule_lines& seen) {
    return seen == wanted ? "" : "the rules are others\n";
  });
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

void rule_world::require_kept(keeper_process::place at,
                              const std::function<std::string(const rule_lines&)>& quarrel) {
  const std::string who =
      at == keeper_process::place::directory ? "the directory's keeper" : "the database's keeper";
  auto seen = keeper_->look(at);
  while (!seen.late && !quarrel(seen.rules).empty())
    seen = keeper_->wait(at);
  if (seen.late)
    complaints_ += who + " has not heard by itself\n";
  seen = keeper_->refresh(at);
  const auto left = quarrel(seen.rules) + seen.quarrels;
  if (!left.empty())
    complaints_ += fmt::format("{}: {}", who, left);
  if (!keeper_is_new_ && seen.words != words_)
    complaints_ += fmt::format("{} has heard {} words, not {}\n", who, seen.words, words_);
}

void rule_world::sync() {
  database_.with_store(now_, [&](store& in) {
    store_transaction transaction(in);
    sync_rules(in, here_.view, "rules", "sync", now_);
    transaction.commit();
  });
}

} // namespace sluice
