#include "runtime/server/run_endpoints.hpp"

#include "model/base/error.hpp"
#include "model/run/run_command.hpp"
#include "model/run/run_status.hpp"
#include "persistence/operations/create_run.hpp"
#include "persistence/operations/require_run.hpp"
#include "persistence/operations/retry_run.hpp"
#include "persistence/operations/run_view.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/run_page.hpp"
#include "runtime/server/step_permission.hpp"
#include "runtime/server/store_answers.hpp"
#include "runtime/server/submission_request.hpp"
#include "runtime/server/tick_request.hpp"
#include "runtime/wire/runs_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

http_response created_answer(const created_run& created, run_status status) {
  const auto id = to_string(created.id);
  const ordered_json body{{"id", id}, {"existing", created.existing}, {"status", to_string(status)}};
  auto answer = json_response(body.dump(), created.existing ? 200 : 201);
  answer.fields.emplace_back("Location", "/api/v1/runs/" + id);
  return answer;
}

void submit_run(server_context& context, const http_request& request, http_reply reply) {
  auto read = read_submission_request(request, context.runs->steps().catalog(),
                                      context.access->may_execute(request.who));
  if (!read.submission)
    return reply(findings_answer("invalid_run", "the run cannot be made", read.found));
  auto made = prepare_run(*read.submission);
  answer_by_writing(context, std::move(reply),
                    [made = std::move(made), id = context.runs->new_run_id(),
                     by = request.who.name](store& in, utc_time now) {
                      const auto created = create_run(in, made, id, now);
                      if (!created.existing)
                        in.audit().append({0, now, by, "run.create", to_string(created.id)});
                      return created_answer(created, require_run(in, created.id).status);
                    });
}

void list_runs(server_context& context, const http_request& request, http_reply reply) {
  answer_from_store(context, std::move(reply),
                    [filter = read_run_filter(request.query)](store& in, utc_time) {
                      return json_response(run_page_json(find_run_page(in, filter)));
                    });
}

void show_run(server_context& context, const http_request& request, http_reply reply) {
  query_reader(request.query).refuse_unknown();
  answer_from_store(context, std::move(reply), [run = require_id(request, "run")](store& in, utc_time) {
    return json_response(run_view_json(view_run(in, run)));
  });
}

void show_part(server_context& context, const http_request& request, http_reply reply,
               std::string (*part)(const run_view&)) {
  query_reader(request.query).refuse_unknown();
  answer_from_store(context, std::move(reply), [run = require_id(request, "run"), part](store& in, utc_time) {
    return json_response(part(view_run(in, run)));
  });
}

void command_run(server_context& context, const http_request& request, const http_reply& reply) {
  const body_reader body(require_json(request), {"command", "reason"});
  command_request wanted;
  wanted.run = require_id(request, "run");
  const auto word = body.text("command").value_or("");
  const auto known = parse_run_command(word);
  if (!known)
    throw error("bad_value",
                fmt::format("command: expected pause, resume, cancel, intervene or fail, found '{}'",
                            word.substr(0, 80)));
  wanted.command = *known;
  wanted.by = request.who.name;
  wanted.reason = body.text("reason").value_or("");
  const auto give = [runs = context.runs, wanted, reply] {
    runs->command_async(
        wanted, [reply, run = wanted.run](const command_answer& answer, const std::exception_ptr& failure) {
          reply(failure ? error_answer(failure) : json_response(answer_json(run, answer)));
        });
  };
  if (wanted.command == run_command::resume)
    permit_steps(
        context, request, reply, [run = wanted.run](store&, utc_time) { return run; }, give);
  else
    give();
}

void run_again(server_context& context, const http_request& request, http_reply reply) {
  const body_reader none(require_json(request), {});
  answer_by_writing(context, std::move(reply),
                    [run = require_id(request, "run"), id = context.runs->new_run_id(), by = request.who.name,
                     kinds = &context.runs->steps().catalog(),
                     trusted = context.access->may_execute(request.who)](store& in, utc_time now) {
                      if (!trusted)
                        refuse_reaching_steps(view_run(in, run).graph, *kinds);
                      return created_answer(retry_run(in, run, id, by, now), run_status::queued);
                    });
}

} // namespace

endpoints run_endpoints(server_context& context) {
  const auto with = [&context](auto* handler) -> http_handler {
    return [&context, handler](const http_request& request, http_reply reply) {
      handler(context, request, std::move(reply));
    };
  };
  const auto part = [&context](std::string (*make)(const run_view&)) -> http_handler {
    return [&context, make](const http_request& request, http_reply reply) {
      show_part(context, request, std::move(reply), make);
    };
  };
  const auto tick = [&context](const http_request& request, const http_reply& reply) {
    answer_tick(context, request, reply);
  };
  return {
      {"POST", "/api/v1/runs", access_role::admin, with(submit_run), endpoint_pace::working},
      {"GET", "/api/v1/runs", access_role::read, with(list_runs)},
      {"GET", "/api/v1/runs/{run}", access_role::read, with(show_run)},
      {"GET", "/api/v1/runs/{run}/steps", access_role::read, part(steps_json)},
      {"GET", "/api/v1/runs/{run}/commands", access_role::read, part(commands_json)},
      {"POST", "/api/v1/runs/{run}/commands", access_role::admin,
       [&context](const http_request& request, const http_reply& reply) {
         command_run(context, request, reply);
       }},
      {"POST", "/api/v1/runs/{run}/retry", access_role::admin, with(run_again)},
      {"POST", "/api/v1/runs/tick", access_role::admin, tick},
      {"POST", "/api/v1/worker/tick-once", access_role::admin, tick},
  };
}

} // namespace sluice
