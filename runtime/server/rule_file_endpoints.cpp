#include "runtime/server/rule_file_endpoints.hpp"

#include "model/base/error.hpp"
#include "persistence/rules/rule_folder.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/rule_files_request.hpp"
#include "runtime/server/server_rules.hpp"
#include "runtime/wire/rules_json.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace sluice {

namespace {

rule_check check_files(std::vector<rule_file> files) {
  rule_folder folder("");
  folder.put(std::move(files));
  (void)folder.settle({});
  rule_check check;
  check.rules = folder.in_force().size();
  check.ids = folder.ids();
  check.findings.shown = folder.findings_now();
  std::stable_sort(check.findings.shown.begin(), check.findings.shown.end(),
                   [](const rule_finding& a, const rule_finding& b) { return a.place < b.place; });
  check.valid = std::none_of(check.findings.shown.begin(), check.findings.shown.end(),
                             [](const rule_finding& one) { return one.what.is_error(); });
  return check;
}

/// On a thread of its own: thousands of rules take a second, in which orders of others should not wait.
void validate_files(const server_context& context, const http_request& request, const http_reply& reply) {
  query_reader(request.query).refuse_unknown();
  const auto files = std::make_shared<std::vector<rule_file>>(read_rule_files(request));
  const bool taken = context.rule_checks->add([files, reply] {
    answer_guarded(reply, [&] { reply(json_response(rule_check_json(check_files(std::move(*files))))); });
  });
  if (!taken)
    throw error("too_busy", "as many checks of rules wait as may; try again");
}

void sync_directory(const server_context& context, const http_request& request, const http_reply& reply) {
  query_reader(request.query).refuse_unknown();
  const body_reader none(require_json(request), {});
  context.rules->sync(request.who.name, [reply](const std::exception_ptr& failure, const rule_copy& made) {
    answer_guarded(reply,
                   [&] { reply(failure ? error_answer(failure) : json_response(rule_copy_json(made))); });
  });
}

} // namespace

endpoints rule_file_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, const http_reply& reply) {
      handler(context, request, reply);
    };
  };
  return {
      // Who may look may ask: nothing is changed.
      {"POST", "/api/v1/rules/validate", access_role::read, with(validate_files)},
      {"POST", "/api/v1/rules/sync", access_role::admin, with(sync_directory)},
  };
}

} // namespace sluice
