#include "tests/support/store_scene.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Three runs of the first owner and one of the second.
template <class Backend>
struct owners_scene : store_scene<Backend> {
  std::vector<lease_owner> asked;

  owners_scene() {
    for (int i = 0; i < 4; ++i) {
      this->submit_chain({"a"});
      this->claim(i < 3 ? this->first : this->second);
    }
  }

  /// A proof that notes who was asked about.
  death_proof only_dead(const lease_owner& dead) {
    return [this, dead](const lease_owner& owner) {
      asked.push_back(owner);
      return owner == dead;
    };
  }
  bool finds(const death_proof& is_dead) {
    return this->commit([&] { return find_gone(this->in(), this->boot, is_dead); });
  }
  std::size_t reclaim(const death_proof& is_dead, std::size_t limit = 10) {
    return this->commit(
        [&] { return reclaim_runs(this->in(), this->boot, this->now, is_dead, limit).size(); });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(reclaiming_runs)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_look_says_whether_somebody_is_gone_and_changes_nothing, Backend,
                              store_backends) {
  owners_scene<Backend> scene;
  BOOST_TEST(!scene.finds({}));
  BOOST_TEST(!scene.finds(scene.only_dead({})));
  BOOST_TEST(scene.finds(scene.only_dead(scene.second)));
  BOOST_TEST(scene.finds(scene.only_dead(scene.second)));
  BOOST_TEST(scene.reclaim(scene.only_dead(scene.second)) == 1u);
  BOOST_TEST(!scene.finds(scene.only_dead(scene.second)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_look_finds_leases_that_have_expired, Backend, store_backends) {
  owners_scene<Backend> scene;
  scene.wait(defaults::lease_ttl - 1ms);
  BOOST_TEST(!scene.finds({}));
  scene.wait(1ms);
  BOOST_TEST(scene.finds({}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_owner_is_asked_about_once, Backend, store_backends) {
  owners_scene<Backend> scene;
  scene.finds(scene.only_dead({}));
  BOOST_TEST((scene.asked == std::vector{scene.first, scene.second}));
  scene.asked.clear();
  BOOST_TEST(scene.reclaim(scene.only_dead(scene.first)) == 3u);
  BOOST_TEST((scene.asked == std::vector{scene.first, scene.second}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_more_are_taken_than_asked_for, Backend, store_backends) {
  owners_scene<Backend> scene;
  BOOST_TEST(scene.reclaim(scene.only_dead(scene.first), 2) == 2u);
  BOOST_TEST(scene.reclaim(scene.only_dead(scene.first), 2) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
