#include "persistence/rules/rule_state_file.hpp"

#include "model/base/error.hpp"
#include "model/base/fault_point.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::seconds longest_wait{5};
constexpr std::size_t size_limit = std::size_t{256} << 20;

const char* code_of(int why) noexcept {
  if (why == ENOSPC || why == EDQUOT || why == EFBIG)
    return "store_full";
  if (why == EROFS || why == EACCES || why == EPERM)
    return "store_read_only";
  return "store_unavailable";
}

const char* remedy(const std::string& code) noexcept {
  if (code == "store_full")
    return "make room on its disk";
  if (code == "store_read_only")
    return "let this user write in its directory";
  return "look at its directory and disk";
}

[[noreturn]] void fail(const char* doing, const std::filesystem::path& file, int why) {
  const std::string code = code_of(why);
  throw error(code,
              fmt::format("cannot {} {}: {}; {}", doing, file.native(), std::strerror(why), remedy(code)));
}

[[noreturn]] void reject(const std::filesystem::path& file, const std::string& why) {
  throw error(
      "rule_states_unreadable",
      fmt::format("cannot read the states of rules in {}: {}; mend the file, or move it away, and every "
                  "rule is enabled",
                  file.native(), why));
}

class open_file {
public:
  explicit open_file(int number) noexcept : number_(number) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (number_ >= 0)
      ::close(number_);
  }
  int get() const noexcept { return number_; }

private:
  int number_;
};

/// Returns 0 or the error number.
int write_all(int to, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(to, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR)
      return errno;
    done += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  return ::fsync(to) == 0 ? 0 : errno;
}

/// Returns 0 or the error number.
int read_all(int from, std::string& text) {
  char block[1 << 16];
  while (text.size() <= size_limit) {
    const auto count = ::read(from, block, sizeof(block));
    if (count == 0)
      return 0;
    if (count < 0 && errno != EINTR)
      return errno;
    text.append(block, count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  return EFBIG;
}

/// The lock goes when this does.
class turn {
public:
  explicit turn(writer_lock& lock) : lock_(lock) { lock_.acquire(longest_wait); }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() { lock_.release(); }

private:
  writer_lock& lock_;
};

} // namespace

rule_state_file::rule_state_file(std::filesystem::path directory)
    : directory_(std::move(directory)), file_(directory_ / name) {}

rule_state_record rule_state_file::read() const {
  const open_file file(::open(file_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT)
      return {};
    reject(file_, std::strerror(errno));
  }
  std::string text;
  if (const int why = read_all(file.get(), text); why != 0)
    reject(file_, std::strerror(why));
  try {
    return read_states(text);
  } catch (const error& wrong) {
    reject(file_, wrong.what());
  }
}

void rule_state_file::update(const std::function<bool(rule_state_record&)>& change) {
  if (!lock_)
    lock_.emplace(directory_ / ".rule-states.lock");
  const turn mine(*lock_);
  fault_point("rule_states.locked");
  auto record = read();
  const auto before = record.last;
  if (!change(record))
    return;
  forget_changes(record, static_cast<std::size_t>(record.last - before));
  write(write_states(record));
}

/// A new file in the old one's place: whoever reads finds one of the two.
void rule_state_file::write(const std::string& text) const {
  // Only who has the turn writes it, so what a crash left there is in nobody's way.
  const auto fresh = directory_ / ".rule-states.json.tmp";
  struct stat old {};
  const mode_t mode = ::stat(file_.c_str(), &old) == 0 ? old.st_mode & 0777U : 0666U;
  const open_file file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
  if (file.get() < 0)
    fail("make", fresh, errno);
  if (const int why = write_all(file.get(), text); why != 0) {
    ::unlink(fresh.c_str());
    fail("write", fresh, why);
  }
  fault_point("rule_states.written");
  if (::rename(fresh.c_str(), file_.c_str()) != 0)
    fail("put in its place", fresh, errno);
  fault_point("rule_states.renamed");
  const open_file folder(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0)
    fail("keep on disk", file_, errno);
}

} // namespace sluice
