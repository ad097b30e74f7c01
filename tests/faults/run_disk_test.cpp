#include "persistence/sqlite/database_backup.hpp"
#include "tests/faults/trouble_scene.hpp"
#include "tests/support/raw_database.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <string>

using namespace sluice;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(run_disks, trouble_scene)

BOOST_AUTO_TEST_CASE(on_a_full_disk_submitting_fails_with_a_code_until_there_is_room) {
  const small_disk disk(place);
  if (!disk.is_there())
    return;
  start();
  submit_one();
  disk.fill();
  BOOST_TEST(submit_until_error() == "store_full");
  BOOST_TEST(submit_until_error() == "store_full");
  BOOST_TEST(!runtime->list({}).empty());
  disk.make_room();
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_step_that_ends_on_a_full_disk_is_written_when_there_is_room) {
  const small_disk disk(place);
  if (!disk.is_there())
    return;
  options.lease_ttl = 1min;
  start();
  const auto run = submit(one_gate);
  runtime->start_worker({});
  BOOST_REQUIRE(gates->await("a"));
  disk.fill();
  BOOST_TEST(submit_until_error() == "store_full");
  gates->open("a");
  disk.make_room();
  await(run, run_status::succeeded);
  BOOST_TEST(gates->begun("a") == 1u);
  runtime->stop_worker(0ms);
  end_of_worker();
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_read_only_disk_is_said_to_be_one_until_it_is_writable) {
  const small_disk disk(place);
  if (!disk.is_there())
    return;
  start();
  submit_one();
  runtime.reset();
  BOOST_REQUIRE(disk.remount(true));
  BOOST_CHECK_EXCEPTION(start(), error, has_code("store_read_only"));
  BOOST_REQUIRE(disk.remount(false));
  start();
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_damaged_page_is_an_error_that_the_check_names_and_a_backup_mends) {
  start();
  for (int i = 0; i < 50; ++i)
    submit_one();
  runtime.reset();
  const auto backup = folder.path() / "backup.db";
  back_up_database(options.database, backup);
  // Without a log, so that the page is read from the file.
  std::filesystem::copy_file(backup, options.database, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(options.database.native() + "-wal");
  std::filesystem::remove(options.database.native() + "-shm");
  const auto page =
      std::stoll(raw_database(backup).row("SELECT rootpage FROM sqlite_schema WHERE name = 'run_steps'"));
  {
    std::fstream file(options.database, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(4096, '\xee');
  }
  start();
  const auto tick = runtime->tick_once(usual);
  BOOST_TEST((tick.outcome == tick_outcome::error));
  BOOST_TEST(tick.error_code == "store_corrupt");
  BOOST_CHECK_EXCEPTION(runtime->show(acknowledged.front()), error, has_code("store_corrupt"));
  BOOST_TEST(runtime->list({}).size() == 50u);
  const auto found = check_database(options.database);
  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found.front().find("Page " + std::to_string(page)) != std::string::npos, found.front());
  runtime.reset();
  for (const std::string end : {"", "-wal", "-shm"})
    std::filesystem::remove(options.database.native() + end);
  std::filesystem::copy_file(backup, options.database);
  start();
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_moved_away_is_an_error_until_it_is_back) {
  start();
  submit_one();
  const auto away = folder.path() / "away";
  std::filesystem::rename(place, away);
  BOOST_CHECK_EXCEPTION(submit_one(), error, has_code("store_unavailable"));
  const auto tick = runtime->tick_once(usual);
  BOOST_TEST((tick.outcome == tick_outcome::error));
  BOOST_TEST(tick.error_code == "store_unavailable");
  std::filesystem::rename(away, place);
  require_goes_on();
}

BOOST_AUTO_TEST_CASE(a_removed_folder_is_an_error_and_the_process_lives) {
  start();
  submit_one();
  std::filesystem::remove_all(place);
  BOOST_CHECK_EXCEPTION(submit_one(), error, has_code("store_unavailable"));
  runtime.reset();
  BOOST_CHECK_EXCEPTION(start(), error, has_code("store_unavailable"));
  std::filesystem::create_directory(place);
  acknowledged.clear();
  start();
  require_goes_on();
}

BOOST_AUTO_TEST_SUITE_END()
