// Keepers of rules in a process of their own: `fault_keeper DIRECTORY DATABASE NOW`, NOW in milliseconds
// since 1970. Says `ready` when both are loaded, then answers commands, a line each, members between tabs:
//
// clock NOW              `.`
// look PLACE             `rule ID DEFINITION STATE` for each, as a subscriber knows them, `words COUNT`, `.`
// wait PLACE             the same when a change was heard since the last answer; with `late` if none was
// refresh PLACE          the same when all there is was taken in, with `wrong TEXT` for what does not agree
// state PLACE RULE MODE CEILING REASON BY AT EXPIRES_AT   `published`, or what went wrong
// speak PLACE COUNT STORY                                 the same for each of COUNT states
//
// Ends with its input.

#include "persistence/rules/rule_changes.hpp"
#include "runtime/embed/rule_keepers.hpp"
#include "tests/faults/rule_lines.hpp"
#include "tests/faults/spoken_words.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr std::chrono::minutes patience{1};

utc_time moment_of(const std::string& milliseconds) {
  return utc_time{std::chrono::milliseconds{std::stoll(milliseconds)}};
}

/// One place, and somebody who has subscribed to its keeper.
class followed_place {
public:
  explicit followed_place(rule_book book) : book_(std::move(book)) {
    // The lock: changes that come before the view is here wait for it.
    const std::unique_lock lock(mutex_);
    auto following = book_.subscribe([this](const rule_change& change) { hear(change); });
    view_ = std::move(following.from);
    subscription_ = std::move(following.subscription);
  }

  const rule_book& book() const noexcept { return book_; }

  /// What it tells is no news any more; returns the number of words it has told of.
  std::size_t tell() {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, line] : lines_of(view_))
      std::cout << "rule\t" << id << '\t' << line.definition << '\t' << line.state << '\n';
    std::cout << "words\t" << words_ << '\n';
    news_ = false;
    return words_;
  }

  void wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return news_; }))
      std::cout << "late\n";
  }

  void refresh(utc_time now) {
    book_.refresh();
    const auto shown = book_.view();
    {
      const std::lock_guard lock(mutex_);
      if (lines_of(view_) != lines_of(shown))
        std::cout << "wrong\tthe book shows something else than its subscriber has heard\n";
    }
    const auto told = tell();
    require_in_force(shown, now);
    const std::lock_guard lock(mutex_);
    words_ -= told;
  }

private:
  void hear(const rule_change& change) {
    const std::lock_guard lock(mutex_);
    apply_change(view_, change);
    if (change.what == rule_change_kind::state || change.what == rule_change_kind::expired)
      ++words_;
    news_ = true;
    changed_.notify_all();
  }

  void require_in_force(const rule_view& shown, utc_time now) const {
    rule_lines wanted;
    for (const auto& [id, each] : shown)
      if (each.definition)
        wanted[id] = {line_of(*each.definition), ceiling_of(effective(each.state, now))};
    rule_lines seen;
    for (const auto& each : book_.in_force()->get()->rules())
      seen[each.definition->id] = {line_of(*each.definition),
                                   each.confidence_max < 0 ? "-1" : std::to_string(each.confidence_max)};
    if (seen != wanted)
      std::cout << "wrong\tthe rules in force are not those that are shown\n";
  }

  static std::string ceiling_of(const rule_state& state) {
    return state.mode == rule_mode::disabled  ? "-1"
           : state.mode == rule_mode::enabled ? std::to_string(1.0)
                                              : std::to_string(state.confidence_max);
  }

  rule_book book_;
  std::mutex mutex_;
  std::condition_variable changed_;
  rule_view view_;
  std::size_t words_ = 0;
  bool news_ = false;
  std::unique_ptr<rule_subscription> subscription_;
};

class fault_keeper {
public:
  fault_keeper(const std::string& directory, const std::string& database, const std::string& now)
      : now_(std::stoll(now)),
        keepers_({{}, [this] { return this->now(); }}),
        directory_(keepers_.open(rule_place::directory(directory))),
        database_(keepers_.open(rule_place::database(database))) {}

  void obey(const std::vector<std::string>& words) {
    const auto& what = words.at(0);
    if (what == "clock") {
      now_ = std::stoll(words.at(1));
      std::cout << ".\n";
      return;
    }
    auto& at = words.at(1) == "directory" ? directory_ : database_;
    if (what == "state")
      std::cout << set(at, words.at(2), state_of(words)) << '\n';
    else if (what == "speak")
      speak(at, std::stoul(words.at(2)), std::stoul(words.at(3)));
    else
      show(what, at);
  }

private:
  utc_time now() const { return utc_time{std::chrono::milliseconds{now_.load()}}; }

  static rule_state state_of(const std::vector<std::string>& words) {
    rule_state state{parse_rule_mode(words.at(3)).value(),
                     std::stod(words.at(4)),
                     words.at(5),
                     words.at(6),
                     moment_of(words.at(7)),
                     {}};
    if (words.size() > 8 && !words[8].empty())
      state.expires_at = moment_of(words[8]);
    return state;
  }

  static std::string set(const followed_place& at, const std::string& rule, const rule_state& state) {
    const auto answer = at.book().set_state(rule, state);
    return answer.persisted && answer.published && !answer.failure ? "published" : answer.failure->what();
  }

  void speak(const followed_place& at, std::size_t count, std::size_t story) {
    for (std::size_t i = 1; i <= count; ++i)
      std::cout << set(at, spoken_rule(i), spoken_word(i, story, now())) << std::endl;
  }

  void show(const std::string& what, followed_place& at) {
    if (what == "refresh") {
      at.refresh(now());
    } else {
      if (what == "wait")
        at.wait();
      (void)at.tell();
    }
    std::cout << ".\n";
  }

  std::atomic<std::int64_t> now_;
  rule_keepers keepers_;
  followed_place directory_;
  followed_place database_;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "fault_keeper DIRECTORY DATABASE NOW\n";
    return 2;
  }
  try {
    fault_keeper keeper(argv[1], argv[2], argv[3]);
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line); std::cout.flush()) {
      std::vector<std::string> words;
      std::istringstream in(line);
      for (std::string word; std::getline(in, word, '\t');)
        words.push_back(word);
      keeper.obey(words);
    }
    return 0;
  } catch (const std::exception& trouble) {
    std::cout << trouble.what() << std::endl;
    return 1;
  }
}
