#include "runtime/server/store_answers.hpp"

#include "runtime/server/api_answers.hpp"

#include <memory>
#include <utility>

namespace sluice {

namespace {

/// A work that keeps its answer, and the ending that sends it.
struct prepared {
  run_runtime::store_work work;
  run_runtime::work_ending ending;
};

prepared prepare(http_reply reply, store_answer make) {
  auto made = std::make_shared<http_response>();
  prepared result;
  result.work = [made, make = std::move(make)](store& in, utc_time now) { *made = make(in, now); };
  result.ending = [made, reply = std::move(reply)](const std::exception_ptr& failure) {
    reply(failure ? error_answer(failure) : std::move(*made));
  };
  return result;
}

} // namespace

void answer_from_store(const server_context& context, http_reply reply, store_answer make) {
  auto ready = prepare(std::move(reply), std::move(make));
  context.runs->read_async(std::move(ready.work), std::move(ready.ending));
}

void answer_by_writing(const server_context& context, http_reply reply, store_answer make) {
  auto ready = prepare(std::move(reply), std::move(make));
  context.runs->write_async(std::move(ready.work), std::move(ready.ending));
}

} // namespace sluice
