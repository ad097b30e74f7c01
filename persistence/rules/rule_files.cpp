#include "persistence/rules/rule_files.hpp"

#include "model/base/error.hpp"
#include "model/rules/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

bool ends_with(std::string_view name, std::string_view end) noexcept {
  return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
}

rule_text failed(const char* code, std::string why) {
  rule_text result;
  result.what = rule_text::kind::failed;
  result.trouble.code = code;
  result.trouble.text = std::move(why);
  return result;
}

rule_text unreadable(int why) {
  return failed(
      finding_code::syntax,
      fmt::format("cannot be read: {}; let this user read it, or take it away", std::strerror(why)));
}

rule_text too_large(const std::string& size) {
  return failed(finding_code::too_large,
                fmt::format("has {}, a rule at most {} bytes; one file is one rule", size, rule_text_limit));
}

/// Reads to the end, but no more than one byte beyond what is allowed. `expected` bytes are there, unless the
/// file is just growing. Returns 0 or the error number.
int read_all(int descriptor, std::size_t expected, std::string& text) {
  text.resize(expected + 1);
  std::size_t there = 0;
  while (there <= rule_text_limit) {
    if (there == text.size())
      text.resize(rule_text_limit + 1);
    const auto count = ::read(descriptor, text.data() + there, text.size() - there);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno;
    if (count == 0)
      break;
    there += static_cast<std::size_t>(count);
  }
  text.resize(there);
  return 0;
}

rule_text read_open(int descriptor) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0)
    return unreadable(errno);
  if (!S_ISREG(about.st_mode))
    return {rule_text::kind::skipped};
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (size > rule_text_limit)
    return too_large(fmt::format("{} bytes", about.st_size));
  rule_text result{rule_text::kind::read};
  if (const int why = read_all(descriptor, size, result.text); why != 0)
    return unreadable(why);
  if (result.text.size() > rule_text_limit)
    return too_large("more");
  return result;
}

} // namespace

bool is_rule_file(std::string_view name) noexcept {
  if (name.empty() || name.front() == '.' || name.front() == '#')
    return false;
  return ends_with(name, ".yaml") || ends_with(name, ".yml");
}

std::optional<file_entry> find_entry(int directory, const std::string& name) noexcept {
  struct stat about {};
  if (::fstatat(directory, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  file_entry entry;
  entry.stamp = {about.st_dev, about.st_ino, static_cast<std::uint64_t>(about.st_size), about.st_mtim.tv_sec,
                 about.st_mtim.tv_nsec};
  entry.may_be_unfinished = S_ISREG(about.st_mode) && about.st_nlink == 1;
  return entry;
}

rule_text read_rule_text(int directory, const std::string& name) {
  struct stat about {};
  if (::fstatat(directory, name.c_str(), &about, 0) != 0) {
    const int why = errno;
    const bool absent = why == ENOENT && !find_entry(directory, name);
    return absent ? rule_text{} : unreadable(why);
  }
  // Opening a device may do something.
  if (!S_ISREG(about.st_mode))
    return {rule_text::kind::skipped};
  const int descriptor = ::openat(directory, name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0)
    return errno == ENOENT && !find_entry(directory, name) ? rule_text{} : unreadable(errno);
  auto result = read_open(descriptor);
  ::close(descriptor);
  return result;
}

std::vector<std::string> rule_file_names(int directory) {
  const int again = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(again < 0 ? nullptr : ::fdopendir(again), &::closedir);
  if (!listing) {
    const int why = errno;
    if (again >= 0)
      ::close(again);
    throw error(
        "rules_unavailable",
        fmt::format("cannot list the directory of rules: {}; let this user read it", std::strerror(why)));
  }
  std::vector<std::string> names;
  errno = 0;
  while (const auto* const entry = ::readdir(listing.get()))
    if (is_rule_file(entry->d_name))
      names.emplace_back(entry->d_name);
  if (errno != 0)
    throw error("rules_unavailable", fmt::format("cannot list the directory of rules: {}; look at its disk",
                                                 std::strerror(errno)));
  std::sort(names.begin(), names.end());
  return names;
}

std::map<file_stamp, std::string> stamped_rule_files(int directory) {
  std::map<file_stamp, std::string> names;
  for (auto& name : rule_file_names(directory))
    if (const auto entry = find_entry(directory, name))
      names[entry->stamp] = std::move(name);
  return names;
}

} // namespace sluice
