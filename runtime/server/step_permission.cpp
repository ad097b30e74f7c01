#include "runtime/server/step_permission.hpp"

#include "persistence/operations/run_view.hpp"
#include "runtime/server/api_answers.hpp"
#include "runtime/server/submission_request.hpp"

#include <utility>

namespace sluice {

void permit_steps(const server_context& context, const http_request& request, const http_reply& reply,
                  run_choice choose, std::function<void()> then) {
  if (context.access->may_execute(request.who))
    return then();
  context.runs->read_async(
      [choose = std::move(choose), kinds = &context.runs->steps().catalog()](store& in, utc_time now) {
        if (const auto run = choose(in, now))
          refuse_reaching_steps(view_run(in, *run).graph, *kinds);
      },
      [reply, then = std::move(then)](const std::exception_ptr& failure) {
        if (failure)
          return reply(error_answer(failure));
        answer_guarded(reply, then);
      });
}

} // namespace sluice
