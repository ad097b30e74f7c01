#pragma once

#include "model/run/run_status.hpp"
#include "runtime/embed/run_runtime.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sluice {

/// Looks once a second whether the store of a server can be read and written, so that readiness is known when
/// somebody asks. Any thread.
class store_probe {
public:
  /// The runtime must outlive it. `database`: the file, which must stay where it is; empty: there is none.
  store_probe(run_runtime& runs, std::filesystem::path database);
  ~store_probe();
  store_probe(const store_probe&) = delete;
  store_probe& operator=(const store_probe&) = delete;

  /// Returns what the last look found wrong; empty: nothing. Asks nobody, so it does not wait. The store
  /// counts as gone when it has not answered for three seconds.
  std::string trouble() const;

private:
  struct findings;
  void run();
  void look();
  /// Returns what is wrong with the database file. The looking thread's.
  std::string look_at_file() const;

  run_runtime& runs_;
  std::filesystem::path database_;
  std::shared_ptr<findings> found_;
  /// Failures of the store at the last look. The looking thread's.
  std::uint64_t seen_failures_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace sluice
