#include "model/base/error.hpp"
#include "persistence/requests/group_commit.hpp"
#include "tests/support/audit_notes.hpp"
#include "tests/support/scripted_store.hpp"
#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

using namespace sluice;

namespace {

using story = std::vector<std::string>;

/// Returns the code of a failure, or "ok".
std::string code_of(const std::exception_ptr& failure) {
  if (!failure)
    return "ok";
  try {
    std::rethrow_exception(failure);
  } catch (const error& known) {
    return known.code();
  } catch (const std::exception& other) {
    return other.what();
  }
}

/// A request that does what a test says and tells what became of it.
class told_request final : public store_request {
public:
  using act = std::function<void(store&, utc_time)>;

  told_request(std::string name, act what, story& told)
      : name_(std::move(name)), what_(std::move(what)), told_(&told) {}
  void run(store& in, utc_time now) override { what_(in, now); }
  void finish(std::exception_ptr failure) noexcept override {
    told_->push_back(name_ + ":" + code_of(failure));
  }

private:
  std::string name_;
  act what_;
  story* told_;
};

struct group_scene {
  scripted_store in;
  story told;
  store_meters meters;
  utc_time now = parse_utc_time("2026-11-21T12:00:00.000Z").value();
  std::chrono::nanoseconds elapsed{0};
  group_commit group{[this] { return now; }, [this] { return elapsed += std::chrono::nanoseconds{5}; },
                     meters};

  void add(const std::string& name, told_request::act what,
           store_priority priority = store_priority::normal) {
    group.add(priority,
              std::make_shared<store_ticket>(std::make_shared<told_request>(name, std::move(what), told)));
  }
  /// Adds one that writes its name.
  void add_note(const std::string& name, store_priority priority = store_priority::normal) {
    add(
        name, [name](store& in_, utc_time) { write_note(in_, name); }, priority);
  }
  /// Adds one that writes its name and is then refused.
  void add_refused(const std::string& name) {
    add(name, [name](store& in_, utc_time) {
      write_note(in_, name);
      throw error("refused", "no");
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(group_commit_of_requests)

BOOST_AUTO_TEST_CASE(requests_are_committed_in_one_transaction_in_the_order_they_came) {
  group_scene scene;
  for (const auto* name : {"a", "b", "c"})
    scene.add_note(name);
  BOOST_TEST(scene.group.size() == 3u);
  BOOST_TEST(scene.group.commit(scene.in));
  BOOST_TEST(scene.group.empty());
  BOOST_TEST(scene.told == (story{"a:ok", "b:ok", "c:ok"}), boost::test_tools::per_element());
  BOOST_TEST(notes_in(scene.in) == "a b c");
  BOOST_TEST(scene.in.committed == 1u);
  BOOST_TEST(scene.meters.requests == 3u);
  BOOST_TEST(scene.meters.groups == 1u);
  BOOST_TEST(scene.meters.grouped_requests == 3u);
  BOOST_TEST(scene.meters.commit_nanoseconds == 5u);
}

BOOST_AUTO_TEST_CASE(urgent_requests_go_first) {
  group_scene scene;
  scene.add_note("a");
  scene.add_note("renew", store_priority::urgent);
  scene.add_note("b");
  scene.add_note("cancel", store_priority::urgent);
  scene.group.commit(scene.in);
  BOOST_TEST(notes_in(scene.in) == "renew cancel a b");
}

BOOST_AUTO_TEST_CASE(nothing_is_finished_before_the_commit) {
  group_scene scene;
  scene.add_note("a");
  scene.in.on_commit = [&] { BOOST_TEST(scene.told.empty()); };
  scene.group.commit(scene.in);
  BOOST_TEST(scene.told == (story{"a:ok"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_refused_request_has_no_effect_on_the_others) {
  group_scene scene;
  scene.add_note("a");
  scene.add_note("b");
  scene.add_refused("bad");
  scene.add_note("c");
  BOOST_TEST(scene.group.commit(scene.in));
  BOOST_TEST(scene.told == (story{"a:ok", "b:ok", "bad:refused", "c:ok"}), boost::test_tools::per_element());
  BOOST_TEST(notes_in(scene.in) == "a b c");
  BOOST_TEST(scene.in.committed == 2u);
  BOOST_TEST(scene.meters.rolled_back_groups == 1u);
  BOOST_TEST(scene.meters.refusals == 1u);
  BOOST_TEST(scene.meters.requests == 4u);
}

BOOST_AUTO_TEST_CASE(a_request_is_refused_only_for_what_is_committed) {
  group_scene scene;
  bool durable = false;
  scene.in.on_commit = [&] { durable = true; };
  scene.add_note("first");
  scene.add("second", [&](store& in, utc_time) {
    if (!in.audit().since(0, 1).empty())
      throw error(durable ? "taken" : "uncommitted", "the first was here");
  });
  scene.group.commit(scene.in);
  BOOST_TEST(scene.told == (story{"first:ok", "second:taken"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_request_alone_that_is_refused_is_run_once) {
  group_scene scene;
  int runs = 0;
  scene.add("bad", [&](store&, utc_time) {
    ++runs;
    throw error("stale_token", "somebody else has the lease");
  });
  BOOST_TEST(!scene.group.commit(scene.in));
  BOOST_TEST(runs == 1);
  BOOST_TEST(scene.told == (story{"bad:stale_token"}), boost::test_tools::per_element());
  BOOST_TEST(scene.in.committed == 0u);
  BOOST_TEST(scene.meters.stale_tokens == 1u);
  BOOST_TEST(scene.meters.rolled_back_groups == 0u);
}

BOOST_AUTO_TEST_CASE(nobody_pays_more_than_once_for_the_mistakes_of_others) {
  group_scene scene;
  std::vector<int> runs(60, 0);
  for (std::size_t i = 0; i < runs.size(); ++i)
    scene.add(std::to_string(i), [&runs, i](store& in, utc_time) {
      ++runs[i];
      write_note(in, std::to_string(i));
      if (i % 7 == 3)
        throw error("refused", "no");
    });
  scene.group.commit(scene.in);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    BOOST_TEST(runs[i] <= 2, "request " << i << " was run " << runs[i] << " times");
    BOOST_TEST(scene.told[i] == std::to_string(i) + (i % 7 == 3 ? ":refused" : ":ok"));
  }
}

BOOST_AUTO_TEST_CASE(when_the_commit_fails_the_whole_group_fails_with_that) {
  group_scene scene;
  scene.add_note("a");
  scene.add_note("b");
  scene.in.on_commit = [] { throw error("store_full", "the disk is full"); };
  BOOST_TEST(!scene.group.commit(scene.in));
  BOOST_TEST(scene.told == (story{"a:store_full", "b:store_full"}), boost::test_tools::per_element());
  BOOST_TEST(scene.meters.store_failures == 2u);
  BOOST_TEST(scene.meters.groups == 0u);
  scene.in.on_commit = [] {};
  BOOST_TEST(notes_in(scene.in) == "");
  scene.add_note("c");
  scene.group.commit(scene.in);
  BOOST_TEST(scene.told.back() == "c:ok");
  BOOST_TEST(notes_in(scene.in) == "c");
}

BOOST_AUTO_TEST_CASE(when_a_transaction_cannot_begin_the_whole_group_fails_with_that) {
  group_scene scene;
  int runs = 0;
  for (const auto* name : {"a", "b"})
    scene.add(name, [&](store&, utc_time) { ++runs; });
  scene.in.on_begin = [] { throw error("store_locked", "others write"); };
  scene.group.commit(scene.in);
  BOOST_TEST(runs == 0);
  BOOST_TEST(scene.told == (story{"a:store_locked", "b:store_locked"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_commit_that_fails_after_a_refusal_hits_only_those_in_it) {
  group_scene scene;
  scene.add_note("a");
  scene.add_refused("bad");
  scene.add_note("b");
  scene.in.on_commit = [&] {
    if (scene.in.committed == 1)
      throw error("store_full", "the disk is full");
  };
  BOOST_TEST(scene.group.commit(scene.in));
  BOOST_TEST(scene.told == (story{"a:ok", "bad:refused", "b:store_full"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_group_that_only_looks_has_not_changed_the_store) {
  group_scene scene;
  scene.add("look", [](store& in, utc_time) { (void)in.audit().since(0, 1); });
  BOOST_TEST(!scene.group.commit(scene.in));
  BOOST_TEST(scene.told == (story{"look:ok"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_of_a_group_are_told_the_same_time) {
  group_scene scene;
  std::vector<utc_time> seen;
  for (const auto* name : {"a", "b"})
    scene.add(name, [&](store&, utc_time now) {
      seen.push_back(now);
      scene.now += std::chrono::seconds{1};
    });
  scene.group.commit(scene.in);
  BOOST_REQUIRE(seen.size() == 2u);
  BOOST_TEST((seen[0] == seen[1]));
}

BOOST_AUTO_TEST_CASE(a_request_that_breaks_down_is_our_mistake) {
  group_scene scene;
  scene.add("bad", [](store&, utc_time) { throw std::runtime_error("index out of range"); });
  scene.group.commit(scene.in);
  BOOST_TEST(scene.told == (story{"bad:index out of range"}), boost::test_tools::per_element());
  BOOST_TEST(scene.meters.internal_failures == 1u);
}

BOOST_AUTO_TEST_CASE(requests_that_are_let_go_fail_with_store_closed_once) {
  group_scene scene;
  scene.add_note("a");
  scene.add_note("b", store_priority::urgent);
  scene.group.abandon();
  std::sort(scene.told.begin(), scene.told.end());
  BOOST_TEST(scene.told == (story{"a:store_closed", "b:store_closed"}), boost::test_tools::per_element());
  BOOST_TEST(!scene.group.commit(scene.in));
  BOOST_TEST(scene.told.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_ticket_is_finished_once) {
  story told;
  {
    store_ticket ticket(std::make_shared<told_request>(
        "a", [](store&, utc_time) {}, told));
    ticket.finish(nullptr);
    ticket.finish(std::make_exception_ptr(error("late", "too late")));
  }
  BOOST_TEST(told == (story{"a:ok"}), boost::test_tools::per_element());
}

// Whatever is refused and whatever breaks: each is finished once, in order, and the store has exactly what
// was acknowledged.
BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_acknowledged_is_what_is_there, Backend, store_backends) {
  const std::uint32_t seed = 20261121;
  std::mt19937 random(seed);
  BOOST_TEST_MESSAGE("seed " << seed);
  Backend backend;
  group_scene scene;
  std::string expected;
  std::size_t made = 0;
  for (int round = 0; round < 30; ++round) {
    scene.told.clear();
    const auto count = random() % 12;
    story answers;
    for (std::size_t i = 0; i < count; ++i) {
      const auto name = std::to_string(made++);
      const bool refused = random() % 4 == 0;
      answers.push_back(name + (refused ? ":refused" : ":ok"));
      if (refused) {
        scene.add_refused(name);
      } else {
        scene.add_note(name);
        expected += (expected.empty() ? "" : " ") + name;
      }
    }
    scene.group.commit(backend.get());
    BOOST_TEST(scene.told == answers, boost::test_tools::per_element());
    BOOST_TEST(notes_in(backend.get()) == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
