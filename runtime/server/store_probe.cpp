#include "runtime/server/store_probe.hpp"

#include "runtime/http/background_thread.hpp"

#include <fmt/format.h>

#include <exception>
#include <sys/stat.h>
#include <utility>

namespace sluice {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::chrono::seconds period{1};
constexpr std::chrono::seconds patience{3};

/// What a file is, whatever it is called.
struct file_identity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const file_identity&, const file_identity&) = default;
};

std::optional<file_identity> identify(const std::filesystem::path& file) {
  struct stat seen {};
  if (stat(file.c_str(), &seen) != 0)
    return std::nullopt;
  return file_identity{seen.st_dev, seen.st_ino};
}

/// Writes a row as it is: only a real write finds a full disk, and an idle one should not be written to for
/// ever.
void write_again(store& in, utc_time) {
  for (const auto& row : in.lanes().list())
    return in.lanes().set_settings(row.lane.env, row.lane.lane, row.settings);
}

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "the store does not work";
  }
}

} // namespace

/// What looks have found; outlives the probe while one of them is under way.
struct store_probe::findings {
  /// The file as it was found. Never changes.
  std::optional<file_identity> file;
  std::mutex mutex;
  /// What is wrong with the file, and with what the store says.
  std::string file_trouble;
  std::string trouble;
  bool asked = false;
  clock_type::time_point last_answer = clock_type::now();

  void answer(std::string what) {
    const std::lock_guard lock(mutex);
    trouble = std::move(what);
    asked = false;
    last_answer = clock_type::now();
  }
};

store_probe::store_probe(run_runtime& runs, std::filesystem::path database)
    : runs_(runs), database_(std::move(database)), found_(std::make_shared<findings>()) {
  found_->file = identify(database_);
  thread_ = start_background_thread([this] { run(); });
}

store_probe::~store_probe() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

std::string store_probe::trouble() const {
  const std::lock_guard lock(found_->mutex);
  if (!found_->file_trouble.empty())
    return found_->file_trouble;
  if (!found_->trouble.empty())
    return found_->trouble;
  const auto silent = clock_type::now() - found_->last_answer;
  if (silent > patience)
    return fmt::format("the store has not answered for {} s",
                       std::chrono::duration_cast<std::chrono::seconds>(silent).count());
  return {};
}

void store_probe::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    changed_.wait_for(lock, period, [this] { return stopping_; });
  }
}

std::string store_probe::look_at_file() const {
  if (database_.empty())
    return {};
  const auto file = identify(database_);
  if (!file)
    return "the database file is gone";
  if (found_->file && *file != *found_->file)
    return "the database file is another one now: restart the server";
  return {};
}

/// First a transaction of the writer, which needs the file's locks, then one of the reader.
void store_probe::look() {
  // It may take as long as a file system takes, which then counts as silence.
  auto file_trouble = look_at_file();
  {
    const std::lock_guard lock(found_->mutex);
    found_->file_trouble = std::move(file_trouble);
  }
  {
    const std::lock_guard lock(found_->mutex);
    if (std::exchange(found_->asked, true))
      return;
  }
  const auto nothing = [](store& in, utc_time) { in.events().last_id(); };
  const auto failures = runs_.store_counts().store_failures.load();
  const bool in_doubt = std::exchange(seen_failures_, failures) != failures || !trouble().empty();
  runs_.write_async(in_doubt ? run_runtime::store_work(write_again) : run_runtime::store_work(nothing),
                    [&runs = runs_, found = found_, nothing](const std::exception_ptr& failure) {
                      if (failure)
                        return found->answer(describe(failure));
                      runs.read_async(nothing, [found](const std::exception_ptr& unreadable) {
                        found->answer(unreadable ? describe(unreadable) : std::string());
                      });
                    });
}

} // namespace sluice
