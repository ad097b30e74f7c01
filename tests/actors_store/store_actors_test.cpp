#include "model/base/error.hpp"
#include "tests/support/audit_notes.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/store_actors_scene.hpp"

#include <fstream>

using namespace sluice;

namespace {

std::string code_of(const std::function<void()>& act) {
  try {
    act();
    return "ok";
  } catch (const error& known) {
    return known.code();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(store_actors_of_a_database)

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_written_is_read, Place, store_places) {
  store_actors_scene<Place> scene;
  scene.write([](store& in) { write_note(in, "a"); });
  const auto rows =
      scene.access()
          .template read<std::size_t>([](store& in, utc_time) { return in.audit().since(0, 10).size(); })
          .get();
  BOOST_TEST(rows == 1u);
  BOOST_TEST(scene.stores.meters().requests >= 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_read_that_is_refused_says_why, Place, store_places) {
  store_actors_scene<Place> scene;
  scene.write([](store& in) { write_note(in, "a"); });
  BOOST_TEST(code_of([&] {
               scene.access()
                   .template read<bool>(
                       [](store&, utc_time) -> bool { throw error("not_found", "no such run"); })
                   .get();
             }) == "not_found");
  BOOST_TEST(scene.stores.meters().refusals == 1u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(after_stop_everything_is_closed, Place, store_places) {
  store_actors_scene<Place> scene;
  scene.write([](store& in) { write_note(in, "a"); });
  BOOST_TEST(scene.stores.stop(patience));
  BOOST_TEST(scene.stores.stop(patience));
  BOOST_TEST(code_of([&] { scene.write([](store&) {}); }) == "store_closed");
  BOOST_TEST(code_of([&] { scene.event_ids(0); }) == "store_closed");
}

BOOST_AUTO_TEST_CASE(rows_of_the_file_are_those_that_were_acknowledged) {
  store_actors_scene<in_file> scene;
  for (const auto* name : {"a", "b"})
    scene.write([=](store& in) { write_note(in, name); });
  BOOST_TEST(scene.stores.stop(patience));
  raw_database file(scene.place.path());
  BOOST_TEST(file.rows("SELECT action FROM audit_log ORDER BY id") == (std::vector<std::string>{"a", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reader_does_not_write) {
  store_actors_scene<in_file> scene;
  scene.write([](store& in) { write_note(in, "a"); });
  BOOST_TEST(code_of([&] {
               scene.access()
                   .read<bool>([](store& in, utc_time) {
                     write_note(in, "b");
                     return true;
                   })
                   .get();
             }) == "store_read_only");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_fails_requests_until_it_can) {
  scratch_folder folder;
  const auto path = folder.path() / "runs.db";
  std::ofstream(path) << "this is a text, and quite certainly not a database of anybody at all\n";
  actor_scene actors;
  store_actors_settings settings;
  settings.database = path;
  settings.clock = [] { return utc_time{}; };
  auto stores = open_store_actors(actors.system(), settings);
  const auto write = [&] {
    stores.access()
        .write<bool>([](store& in, utc_time) {
          write_note(in, "a");
          return true;
        })
        .get();
  };
  BOOST_TEST(code_of(write) == "store_corrupt");
  std::filesystem::remove(path);
  BOOST_TEST(code_of(write) == "ok");
  BOOST_TEST(stores.stop(patience));
}

BOOST_AUTO_TEST_CASE(stores_that_are_dropped_stop_by_themselves) {
  actor_scene actors;
  store_access access;
  {
    store_actors_settings settings;
    settings.clock = [] { return utc_time{}; };
    const auto stores = open_store_actors(actors.system(), settings);
    access = stores.access();
  }
  BOOST_TEST(code_of([&] { access.write<bool>([](store&, utc_time) { return true; }).get(); }) ==
             "store_closed");
}

BOOST_AUTO_TEST_SUITE_END()
