#include "steps/exec/process_tree.hpp"

#include "steps/owned_descriptor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice {

namespace {

/// Reads words that are separated by single spaces.
class word_reader {
public:
  explicit word_reader(std::string_view text) : rest_(text) {}

  std::string_view next() {
    const auto end = std::min(rest_.find(' '), rest_.size());
    const auto word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return word;
  }
  template <class Number>
  Number next_number() {
    const auto word = next();
    Number number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
  }
  void skip(int words) {
    for (; words > 0; --words)
      next();
  }

private:
  std::string_view rest_;
};

/// `line` is a /proc/PID/stat. The name of the program stands in parentheses and may contain anything.
std::optional<listed_process> parse_stat(pid_t id, std::string_view line) {
  const auto name_end = line.rfind(") ");
  if (name_end == line.npos)
    return std::nullopt;
  word_reader words(line.substr(name_end + 2));
  words.skip(1);
  listed_process process;
  process.id = id;
  process.parent = words.next_number<pid_t>();
  words.skip(1);
  process.session = words.next_number<pid_t>();
  words.skip(15); // proc(5): from tty_nr to itrealvalue
  process.start_time = words.next_number<std::uint64_t>();
  words.skip(5); // from vsize to endcode
  process.image = words.next_number<std::uint64_t>();
  return process;
}

std::optional<listed_process> look_at(pid_t id) {
  const auto path = "/proc/" + std::to_string(id) + "/stat";
  const owned_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> line;
  const auto size = file.is_open() ? ::read(file.get(), line.data(), line.size()) : -1;
  if (size <= 0)
    return std::nullopt;
  return parse_stat(id, {line.data(), static_cast<std::size_t>(size)});
}

struct folder_closer {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

} // namespace

std::vector<listed_process> list_processes() {
  std::vector<listed_process> all;
  const std::unique_ptr<DIR, folder_closer> folder(::opendir("/proc"));
  if (!folder)
    return all;
  while (const auto* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    pid_t id = 0;
    const auto [stopped, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (failure != std::errc{} || stopped != name.data() + name.size())
      continue;
    if (const auto process = look_at(id))
      all.push_back(*process);
  }
  return all;
}

std::vector<listed_process> descendants_of(pid_t ancestor, const std::vector<listed_process>& all) {
  std::vector<listed_process> found;
  std::set<pid_t> family = {ancestor};
  // A child may stand before its parent in the list, so until nothing is added.
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& process : all)
      if (family.count(process.parent) != 0 && family.insert(process.id).second) {
        found.push_back(process);
        grew = true;
      }
  }
  return found;
}

void send_signal(const listed_process& to, int number) {
  const owned_descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, to.id, 0)));
  if (!process.is_open())
    return;
  // The descriptor holds on to whatever has the number; only now is it certain whether it is the one listed.
  const auto now = look_at(to.id);
  if (now && now->start_time == to.start_time)
    (void)::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0);
}

void kill_session(pid_t session) {
  for (const auto& process : list_processes())
    if (process.session == session)
      send_signal(process, SIGKILL);
}

} // namespace sluice
