#pragma once

#include "persistence/sqlite/maintenance.hpp"
#include "tests/actors_runs/run_runtime_scene.hpp"
#include "tests/support/matchers.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <vector>

namespace sluice {

inline const lane_queue usual{"default", "default"};

/// A file system of 4 MiB that only this process sees, gone with the object. Needs root.
class small_disk {
public:
  explicit small_disk(std::filesystem::path place) : place_(std::move(place)) {
    mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
               ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("tmpfs", place_.c_str(), "tmpfs", 0, "size=4m") == 0;
    if (!mounted_)
      BOOST_TEST_MESSAGE("skipped: cannot mount a small disk: " << std::strerror(errno));
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (mounted_)
      ::umount2(place_.c_str(), MNT_DETACH);
  }

  bool is_there() const noexcept { return mounted_; }
  /// Makes it read-only, or writable again.
  bool remount(bool read_only) const {
    return ::mount("none", place_.c_str(), nullptr, read_only ? MS_REMOUNT | MS_RDONLY : MS_REMOUNT,
                   "size=4m") == 0;
  }
  /// Takes the room that is left.
  void fill() const {
    std::ofstream ballast(place_ / "ballast", std::ios::app);
    const std::string piece(4096, 'x');
    while (ballast.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush())
      continue;
  }
  void make_room() const { std::filesystem::remove(place_ / "ballast"); }

private:
  std::filesystem::path place_;
  bool mounted_ = false;
};

struct trouble_scene : runtime_scene<runs_in_file> {
  std::filesystem::path place = folder.path() / "place";
  std::vector<uuid> acknowledged;

  trouble_scene() {
    std::filesystem::create_directory(place);
    options.database = place / "runs.db";
  }

  void submit_one() { acknowledged.push_back(submit(one_noop)); }
  /// Returns the code of the error that comes in the end.
  std::string submit_until_error() {
    try {
      for (int i = 0; i < 100'000; ++i)
        submit_one();
    } catch (const error& trouble) {
      BOOST_TEST_MESSAGE(trouble.code() << ": " << trouble.what());
      return trouble.code();
    }
    return "none";
  }

  /// The cause is gone: what was acknowledged is there, and is worked on.
  void require_goes_on() {
    submit_one();
    for (const auto& id : acknowledged)
      BOOST_CHECK_NO_THROW(runtime->show(id));
    const auto report = work();
    BOOST_TEST((report.last != tick_outcome::error), report.error_code);
    BOOST_TEST_MESSAGE("the worker's last look: " << to_string(report.last));
    for (const auto& id : acknowledged)
      BOOST_TEST((status(id) == run_status::succeeded));
    runtime.reset();
    for (const auto& each : check_database(options.database))
      BOOST_ERROR(each);
  }
};

} // namespace sluice
