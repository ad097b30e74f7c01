#include "actors/runs/lease_manager.hpp"
#include "actors/store/store_actors.hpp"
#include "persistence/operations/create_run.hpp"
#include "tests/support/actor_scene.hpp"
#include "tests/support/step_graphs.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// A lease manager over a store in memory, in which a run has a lease, and actors that hold it.
struct manager_scene {
  // Longer lived than the actors that ask and fill them.
  std::atomic<std::int64_t> boot_ns{std::chrono::nanoseconds{1h}.count()};
  mailbox_of_test<std::string> heard;
  actor_scene actors;
  store_actors stores = open_store_actors(actors.system(), settings());
  std::shared_ptr<run_surroundings> around = std::make_shared<run_surroundings>();
  uuid run = uuid_maker([] { return std::uint64_t{7}; }).make(utc_time{});
  caf::actor manager;

  manager_scene() {
    around->store = stores.access();
    around->owner = {"boot", 1, 2, 3};
    around->lease_ttl = 10s;
    around->clock = {[] { return utc_time{}; }, [this] { return boot(); }};
    around->log = actors.log();
    manager = actors.system().spawn<lease_manager>(around);
  }
  ~manager_scene() {
    send_urgent(manager, end_actor{});
    BOOST_TEST(stores.stop(patience));
  }

  static store_actors_settings settings() {
    store_actors_settings made;
    made.clock = [] { return utc_time{}; };
    return made;
  }
  boot_instant boot() const { return {"boot", std::chrono::nanoseconds{boot_ns}}; }
  void wait(std::chrono::nanoseconds time) { boot_ns += time.count(); }

  /// The run is in the hands of this owner, under this token.
  void grant(std::uint64_t token) {
    stores.access()
        .write<bool>([this, token](store& in, utc_time now) {
          if (!in.runs().find(run)) {
            run_submission submission;
            submission.graph = chain_of({"a"});
            create_run(in, submission, run, now);
          }
          in.leases().put(run, {token, around->owner, {"boot", boot().since_boot + around->lease_ttl}});
          return true;
        })
        .get();
  }
  caf::actor holder(const std::string& name) {
    return actors.spawn([this, name](test_actor* self) {
      return caf::behavior{
          [this, name](const lease_extended&) { heard.put(name + " extended"); },
          [this, name](const lease_lost&) { heard.put(name + " lost"); },
          self->ending(),
      };
    });
  }
  void take(std::uint64_t token, const caf::actor& who) {
    send_urgent(manager, lease_taken{run, token, boot().since_boot, who});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lease_managers, manager_scene)

BOOST_AUTO_TEST_CASE(a_lease_is_renewed_when_a_third_of_it_is_over_and_its_holder_told) {
  grant(1);
  take(1, holder("first"));
  wait(4s);
  BOOST_TEST(heard.take() == "first extended");
  BOOST_TEST(around->meters->leases_held == 1u);
}

BOOST_AUTO_TEST_CASE(a_lease_that_cannot_be_renewed_is_lost_before_its_end) {
  grant(9);
  take(1, holder("first"));
  wait(4s);
  BOOST_TEST(heard.take() == "first lost");
  BOOST_TEST(around->meters->leases_held == 0u);
}

BOOST_AUTO_TEST_CASE(who_gives_an_old_lease_back_late_does_not_take_the_new_one_from_its_holder) {
  grant(2);
  take(1, holder("first"));
  take(2, holder("second"));
  send_urgent(manager, lease_dropped{run, 1});
  wait(4s);
  BOOST_TEST(heard.take() == "second extended");
  BOOST_TEST(around->meters->leases_held == 1u);
  send_urgent(manager, lease_dropped{run, 2});
}

BOOST_AUTO_TEST_SUITE_END()
