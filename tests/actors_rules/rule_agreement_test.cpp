#include "persistence/rules/directory_rules.hpp"
#include "tests/actors_rules/rule_process.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <sstream>
#include <tuple>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A clock that all of a test's processes go by.
class shared_clock {
public:
  utc_time now() const { return utc_time{std::chrono::milliseconds{milliseconds_.load()}}; }
  void advance(std::chrono::milliseconds time) { milliseconds_ += time.count(); }
  std::function<utc_time()> read() {
    return [this] { return now(); };
  }

private:
  std::atomic<std::int64_t> milliseconds_{1'700'000'000'000};
};

/// Rules as text, as they are in force.
std::string describe(const rule_view& view, utc_time now) {
  std::ostringstream out;
  for (const auto& [id, each] : view) {
    if (!each.definition)
      continue;
    const auto state = effective(each.state, now);
    out << id << " v" << each.definition->version << ' ' << each.definition->pattern << ' '
        << to_string(state.mode) << ' ' << state.confidence_max << '\n';
  }
  return out.str();
}

/// Rules in files; two processes keep them.
class directory_backend {
public:
  directory_backend(const scratch_folder& folder, shared_clock& clock)
      : rules_(folder.path() / "rules"),
        clock_(clock),
        first_({rule_directory_scene::log(), clock.read()}),
        second_({rule_directory_scene::log(), clock.read()}) {
    std::filesystem::create_directory(rules_);
  }

  void define(const std::string& id, const std::string& pattern, int version) {
    if (files_.count(id) == 0)
      files_[id] = id + ".yaml";
    const auto beside = rules_ / ".new";
    std::ofstream(beside) << rule_directory_scene::text(id, pattern, version);
    std::filesystem::rename(beside, rules_ / files_[id]);
  }
  void remove(const std::string& id) {
    if (const auto found = files_.find(id); found != files_.end()) {
      std::filesystem::remove(rules_ / found->second);
      files_.erase(found);
    }
  }
  void rename(const std::string& id, int number) {
    if (const auto found = files_.find(id); found != files_.end()) {
      const auto name = "renamed-" + std::to_string(number) + ".yml";
      std::filesystem::rename(rules_ / found->second, rules_ / name);
      found->second = name;
    }
  }
  rule_book first() { return first_.open(rule_place::directory(rules_)); }
  rule_book second() { return second_.open(rule_place::directory(rules_)); }
  rule_view fresh() const { return open_rule_directory(rules_, clock_.read(), {})->load().rules; }

private:
  std::filesystem::path rules_;
  shared_clock& clock_;
  std::map<std::string, std::string> files_;
  rule_keepers first_;
  rule_keepers second_;
};

/// Rules in a database file; two processes keep them, and a third looks.
class database_backend {
public:
  database_backend(const scratch_folder& folder, shared_clock& clock)
      : file_(folder.path() / "runs.db"),
        clock_(clock),
        first_(file_, clock.read()),
        second_(file_, clock.read()) {}

  void define(const std::string& id, const std::string& pattern, int version) {
    rules_[id].definition = make_rule(id, pattern, static_cast<std::uint64_t>(version));
    first_.sync(rules_);
  }
  void remove(const std::string& id) {
    rules_.erase(id);
    first_.sync(rules_);
  }
  void rename(const std::string&, int) {}
  rule_book first() { return first_.keepers.open(rule_place::database()); }
  rule_book second() { return second_.keepers.open(rule_place::database()); }
  rule_view fresh() const {
    rule_keepers third({rule_directory_scene::log(), clock_.read()});
    return third.open(rule_place::database(file_)).view();
  }

private:
  std::filesystem::path file_;
  shared_clock& clock_;
  rule_view rules_;
  rule_process first_;
  rule_process second_;
};

using backends = std::tuple<directory_backend, database_backend>;

/// One random thing that somebody does.
template <class Backend>
std::string act(Backend& on, const rule_book& by, shared_clock& clock, std::mt19937& random, int number) {
  const auto id = "r" + std::to_string(random() % 6);
  switch (random() % 8) {
  case 0:
  case 1:
  case 2:
    on.define(id, "word" + std::to_string(random() % 100), number + 1);
    return "define " + id;
  case 3:
    on.remove(id);
    return "remove " + id;
  case 4:
    on.rename(id, number);
    return "rename " + id;
  case 5: {
    rule_state state{rule_mode::disabled, 1, "noisy", "ann"};
    state.expires_at = clock.now() + std::chrono::seconds{1 + random() % 100};
    BOOST_TEST(by.set_state(id, state).published);
    return "disable " + id;
  }
  case 6:
    BOOST_TEST(by.set_state(id, {rule_mode::clipped, 0.5, "doubtful", "ann"}).published);
    return "clip " + id;
  default:
    clock.advance(std::chrono::seconds{random() % 100});
    return "wait";
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(agreement_on_rules)

BOOST_AUTO_TEST_CASE_TEMPLATE(two_keepers_and_a_fresh_load_agree_after_each_of_many_random_changes, Backend,
                              backends) {
  const unsigned seed = 6;
  BOOST_TEST_CONTEXT("seed " << seed) {
    std::mt19937 random(seed);
    scratch_folder folder;
    shared_clock clock;
    Backend on(folder, clock);
    auto first = on.first();
    auto second = on.second();
    for (int number = 0; number < 150; ++number) {
      const auto done = act(on, random() % 2 == 0 ? first : second, clock, random, number);
      if (random() % 20 == 0) {
        // It goes away and comes back.
        second = first;
        second = on.second();
      }
      first.refresh();
      second.refresh();
      const auto expected = describe(on.fresh(), clock.now());
      BOOST_TEST_CONTEXT("change " << number << ": " << done) {
        BOOST_REQUIRE_EQUAL(describe(first.view(), clock.now()), expected);
        BOOST_REQUIRE_EQUAL(describe(second.view(), clock.now()), expected);
        BOOST_REQUIRE_EQUAL(first.in_force()->get()->rules().size(),
                            static_cast<std::size_t>(std::count(expected.begin(), expected.end(), '\n')));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
