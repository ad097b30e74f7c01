#include "persistence/rules/rule_folder.hpp"
#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/cli/rules_text.hpp"
#include "runtime/wire/rules_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <ostream>
#include <unistd.h>

namespace sluice {

namespace {

/// What reading rules has come to.
struct checked_rules {
  std::size_t rules = 0;
  std::vector<rule_finding> found;

  bool valid() const {
    return std::none_of(found.begin(), found.end(),
                        [](const rule_finding& one) { return one.what.is_error(); });
  }
};

checked_rules refuse(const std::string& path, int why) {
  finding wrong;
  wrong.code = finding_code::rules_unavailable;
  wrong.text = fmt::format("cannot be read: {}", std::strerror(why));
  return {0, {{path, wrong}}};
}

checked_rules result_of(rule_folder& folder) {
  (void)folder.settle({});
  checked_rules result{folder.in_force().size(), folder.findings_now()};
  std::stable_sort(result.found.begin(), result.found.end(),
                   [](const rule_finding& a, const rule_finding& b) { return a.place < b.place; });
  return result;
}

checked_rules check_file(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0)
    return refuse(path, errno);
  rule_folder folder("");
  folder.read(AT_FDCWD, path);
  return result_of(folder);
}

/// Reads it as a keeper does, but makes nothing there: it may be somebody else's.
checked_rules check(const std::string& path) {
  const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0)
    return errno == ENOTDIR ? check_file(path) : refuse(path, errno);
  rule_folder folder(path);
  folder.scan(directory);
  close(directory);
  return result_of(folder);
}

std::string counted(std::size_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string verdict(const std::string& path, const checked_rules& result) {
  const auto errors = static_cast<std::size_t>(std::count_if(
      result.found.begin(), result.found.end(), [](const rule_finding& one) { return one.what.is_error(); }));
  const auto warnings = result.found.size() - errors;
  return fmt::format("{}: {}{}, {}, {}\n", path, errors == 0 ? "valid: " : "", counted(result.rules, "rule"),
                     counted(errors, "error"), counted(warnings, "warning"));
}

std::string as_json(const checked_rules& result) {
  std::string list;
  for (const auto& each : result.found)
    list += (list.empty() ? "" : ",") + rule_finding_json(each);
  return fmt::format(R"({{"valid":{},"rules":{},"findings":[{}]}})", result.valid(), result.rules, list);
}

} // namespace

int validate_rules(const rules_validate_arguments& arguments, bool json, cli_streams& streams) {
  const auto result = check(arguments.path);
  if (json) {
    streams.out << as_json(result) << '\n';
  } else {
    for (const auto& each : result.found)
      streams.out << rule_finding_line(each);
    streams.out << verdict(arguments.path, result);
  }
  return result.valid() ? exit_status::success : exit_status::configuration;
}

} // namespace sluice
