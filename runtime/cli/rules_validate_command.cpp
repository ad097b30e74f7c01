#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_rules_client.hpp"
#include "runtime/cli/http_target.hpp"
#include "runtime/cli/rules_check.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/cli/rules_text.hpp"
#include "runtime/wire/rules_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace sluice {

namespace {

std::string counted(std::uint64_t number, const char* thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string verdict(const std::string& path, const rule_check& result) {
  const auto& found = result.findings.shown;
  const auto errors = static_cast<std::size_t>(
      std::count_if(found.begin(), found.end(), [](const rule_finding& one) { return one.what.is_error(); }));
  return fmt::format("{}: {}{}, {}, {}\n", path, result.valid ? "valid: " : "", counted(result.rules, "rule"),
                     counted(errors, "error"), counted(found.size() - errors, "warning"));
}

std::string as_json(const rule_check& result) {
  std::string list;
  for (const auto& each : result.findings.shown)
    list += (list.empty() ? "" : ",") + rule_finding_json(each);
  return fmt::format(R"({{"valid":{},"rules":{},"findings":[{}],"more_findings":{}}})", result.valid,
                     result.rules, list, result.findings.more);
}

/// The environment names servers for commands that have to do with one; files are checked here unless the
/// command line itself says otherwise.
rule_check check(const std::string& path, const server_arguments& place, const cli_streams& streams) {
  if (place.url.empty())
    return check_rules_here(path);
  http_rules_client server(find_server(place, streams));
  return check_rules_on(server, path);
}

} // namespace

int validate_rules(const rules_validate_arguments& arguments, const rules_arguments& place,
                   cli_streams& streams) {
  const auto result = check(arguments.path, place.server, streams);
  if (place.json.value_or(false)) {
    streams.out << as_json(result) << '\n';
  } else {
    streams.out << findings_text(result.findings);
    streams.out << verdict(arguments.path, result);
  }
  return result.valid ? exit_status::success : exit_status::configuration;
}

} // namespace sluice
