#include "runtime/cli/rules_check.hpp"

#include "persistence/rules/rule_folder.hpp"
#include "runtime/cli/http_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice {

namespace {

/// Of the texts in one request; what JSON adds to them fits into what a server takes unless told otherwise.
constexpr std::size_t request_bytes = std::size_t{512} << 10;
constexpr unsigned body_too_large = 413;

/// Closes what it has, if that is a descriptor.
class closing_descriptor {
public:
  explicit closing_descriptor(int number) noexcept : number_(number) {}
  closing_descriptor(const closing_descriptor&) = delete;
  closing_descriptor& operator=(const closing_descriptor&) = delete;
  ~closing_descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  int get() const noexcept { return number_; }

private:
  int number_;
};

int open_folder(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void add_finding(rule_check& to, const std::string& place, finding what) {
  to.valid = to.valid && !what.is_error();
  to.findings.shown.push_back({place, std::move(what)});
}

rule_check unreadable_path(const std::string& path, int why) {
  finding wrong;
  wrong.code = finding_code::rules_unavailable;
  wrong.text = fmt::format("cannot be read: {}", std::strerror(why));
  rule_check check;
  add_finding(check, path, std::move(wrong));
  return check;
}

rule_check ordered(rule_check check) {
  std::stable_sort(check.findings.shown.begin(), check.findings.shown.end(),
                   [](const rule_finding& a, const rule_finding& b) { return a.place < b.place; });
  return check;
}

rule_check result_of(rule_folder& folder) {
  (void)folder.settle({});
  rule_check check;
  check.rules = folder.in_force().size();
  for (auto& each : folder.findings_now())
    add_finding(check, each.place, std::move(each.what));
  return ordered(std::move(check));
}

/// Puts together what a server says of one request after the other.
class check_in_pieces {
public:
  explicit check_in_pieces(http_rules_client& server) : server_(&server) {}

  void add(rule_file file) {
    if (!waiting_.empty() && bytes_ + file.text.size() > request_bytes)
      send();
    bytes_ += file.text.size() + file.name.size();
    waiting_.push_back(std::move(file));
  }
  void add(const std::string& place, finding what) { add_finding(all_, place, std::move(what)); }

  rule_check take() {
    send();
    all_.rules = first_of_.size();
    return ordered(std::move(all_));
  }

private:
  void send() {
    if (!waiting_.empty())
      ask(std::exchange(waiting_, {}));
    bytes_ = 0;
  }

  void ask(std::vector<rule_file> files) {
    try {
      take_in(files, server_->validate(files));
    } catch (const http_error& refused) {
      if (refused.status() != body_too_large || files.size() == 1)
        throw;
      // This server takes less at a time.
      const auto half = files.begin() + static_cast<std::ptrdiff_t>(files.size() / 2);
      std::vector<rule_file> rest(std::make_move_iterator(half), std::make_move_iterator(files.end()));
      files.erase(half, files.end());
      ask(std::move(files));
      ask(std::move(rest));
    }
  }

  void take_in(const std::vector<rule_file>& files, rule_check said) {
    for (auto& each : said.findings.shown)
      add_finding(all_, each.place, std::move(each.what));
    all_.valid = all_.valid && said.valid;
    all_.findings.more += said.findings.more;
    // Of two files in one request the server has told.
    std::set<std::string> here;
    for (const auto& file : files) {
      const auto id = said.ids.find(file.name);
      if (id == said.ids.end() || !here.insert(id->second).second)
        continue;
      const auto [first, is_new] = first_of_.try_emplace(id->second, file.name);
      if (!is_new)
        add(file.name, duplicate_rule(id->second, first->second));
    }
  }

  http_rules_client* server_;
  std::vector<rule_file> waiting_;
  std::size_t bytes_ = 0;
  /// By id: the first file that defines it.
  std::map<std::string, std::string> first_of_;
  rule_check all_;
};

void send_file(check_in_pieces& to, int directory, const std::string& name, const std::string& shown) {
  auto got = read_rule_text(directory, name);
  if (got.what == rule_text::kind::failed)
    to.add(shown, std::move(got.trouble));
  else if (got.what == rule_text::kind::read)
    to.add({shown, std::move(got.text)});
}

} // namespace

rule_check check_rules_here(const std::string& path) {
  const closing_descriptor directory(open_folder(path));
  if (directory.get() >= 0) {
    rule_folder folder(path);
    folder.scan(directory.get());
    return result_of(folder);
  }
  if (errno != ENOTDIR || ::access(path.c_str(), R_OK) != 0)
    return unreadable_path(path, errno);
  rule_folder folder("");
  folder.read(AT_FDCWD, path);
  return result_of(folder);
}

rule_check check_rules_on(http_rules_client& server, const std::string& path) {
  check_in_pieces check(server);
  const closing_descriptor directory(open_folder(path));
  if (directory.get() < 0) {
    if (errno != ENOTDIR || ::access(path.c_str(), R_OK) != 0)
      return unreadable_path(path, errno);
    send_file(check, AT_FDCWD, path, path);
    return check.take();
  }
  auto names = rule_file_names(directory.get());
  if (names.size() > rule_count_limit) {
    check.add(path, too_many_rule_files(names.size() - rule_count_limit, names[rule_count_limit],
                                        rule_count_limit));
    names.resize(rule_count_limit);
  }
  for (const auto& name : names)
    send_file(check, directory.get(), name, (std::filesystem::path(path) / name).native());
  return check.take();
}

} // namespace sluice
