#include "metrics/process_metrics.hpp"

#include "metrics/exposition.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace sluice {

namespace {

#ifdef __clang__
constexpr std::string_view compiler = __VERSION__;
#else
constexpr std::string_view compiler = "gcc " __VERSION__;
#endif

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> to_number(const std::string& word) {
  std::istringstream in(word);
  in.imbue(std::locale::classic());
  double value = 0;
  if (!(in >> value))
    return {};
  return value;
}

/// Returns the first word after `name` on the line of `text` that starts with it.
std::optional<std::string> word_after(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, name.size(), name) != 0)
      continue;
    std::istringstream words(line.substr(name.size()));
    std::string word;
    if (words >> word)
      return word;
  }
  return {};
}

/// The fields of /proc/self/stat, numbered as in proc(5): state is 3.
class stat_fields {
public:
  explicit stat_fields(const std::string& text) {
    // Field 2 is the program's name in parentheses and may hold spaces and parentheses itself.
    const auto end_of_name = text.rfind(')');
    if (end_of_name == std::string::npos)
      return;
    std::istringstream words(text.substr(end_of_name + 1));
    for (std::string word; words >> word;)
      words_.push_back(word);
  }

  std::optional<double> get(std::size_t number) const {
    constexpr std::size_t first = 3;
    return number - first < words_.size() ? to_number(words_[number - first]) : std::nullopt;
  }

private:
  std::vector<std::string> words_;
};

/// The numbers of the fields used, from proc(5).
namespace stat_field {
constexpr std::size_t user_ticks = 14;
constexpr std::size_t system_ticks = 15;
constexpr std::size_t threads = 20;
constexpr std::size_t start_ticks = 22;
constexpr std::size_t virtual_bytes = 23;
constexpr std::size_t resident_pages = 24;
} // namespace stat_field

void read_stat(const std::string& proc, process_sample& sample) {
  const stat_fields fields(read_text(proc + "/self/stat"));
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));

  const auto user = fields.get(stat_field::user_ticks);
  const auto system = fields.get(stat_field::system_ticks);
  if (user && system)
    sample.cpu_seconds = (*user + *system) / ticks_per_second;
  sample.threads = fields.get(stat_field::threads);
  sample.virtual_bytes = fields.get(stat_field::virtual_bytes);
  if (const auto pages = fields.get(stat_field::resident_pages))
    sample.resident_bytes = *pages * page_bytes;

  const auto start = fields.get(stat_field::start_ticks);
  const auto boot = word_after(read_text(proc + "/stat"), "btime");
  const auto boot_seconds = boot ? to_number(*boot) : std::nullopt;
  if (start && boot_seconds)
    sample.start_time = *boot_seconds + *start / ticks_per_second;
}

std::optional<double> count_descriptors(const std::string& proc) {
  std::error_code failure;
  std::filesystem::directory_iterator entries(proc + "/self/fd", failure);
  if (failure)
    return {};
  double count = 0;
  for (const std::filesystem::directory_iterator end; entries != end && !failure; entries.increment(failure))
    ++count;
  // The directory being read has a descriptor itself.
  return count - 1;
}

std::optional<double> most_descriptors(const std::string& proc) {
  const auto soft = word_after(read_text(proc + "/self/limits"), "Max open files");
  if (!soft)
    return {};
  return *soft == "unlimited" ? std::numeric_limits<double>::infinity() : to_number(*soft);
}

} // namespace

process_sample read_process(const std::string& proc) {
  process_sample sample;
  read_stat(proc, sample);
  sample.open_descriptors = count_descriptors(proc);
  sample.most_descriptors = most_descriptors(proc);
  return sample;
}

std::string render_process(const process_sample& sample) {
  exposition out;
  const auto add = [&out](metric id, const std::optional<double>& value) {
    if (value)
      out.add(id, {}, *value);
  };
  add(metric::process_cpu, sample.cpu_seconds);
  add(metric::process_resident_memory, sample.resident_bytes);
  add(metric::process_virtual_memory, sample.virtual_bytes);
  add(metric::process_open_fds, sample.open_descriptors);
  add(metric::process_max_fds, sample.most_descriptors);
  add(metric::process_start_time, sample.start_time);
  add(metric::process_threads, sample.threads);
  return out.take_text();
}

std::string render_build(std::string_view version) {
  exposition out;
  out.add(metric::build_info, {version, compiler}, 1.0);
  return out.take_text();
}

} // namespace sluice
