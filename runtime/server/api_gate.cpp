#include "runtime/server/api_gate.hpp"

#include "runtime/http/error_envelope.hpp"
#include "runtime/server/api_answers.hpp"

#include <utility>
#include <variant>

namespace sluice {

namespace {

/// What is larger takes too long to read on the network thread.
constexpr std::size_t small_body = 16 * 1024;

http_response forbidden(const caller& who) {
  return error_response(403, "forbidden", "this needs the role admin; '" + who.name + "' may only read");
}

http_response too_busy() {
  auto answer = error_response(503, "too_busy", "too many requests wait to be checked; try again");
  answer.fields.emplace_back("Retry-After", "1");
  return answer;
}

} // namespace

void api_gate::add(endpoints all) {
  for (auto& each : all) {
    const auto kept = std::make_shared<const api_endpoint>(std::move(each));
    routes_.add(
        kept->method, kept->pattern,
        [this, kept](const http_request& request, const http_reply& reply) { admit(kept, request, reply); });
  }
}

void api_gate::handle(const http_request& request, http_reply reply) const {
  routes_.route(request, std::move(reply));
}

void api_gate::admit(const std::shared_ptr<const api_endpoint>& to, const http_request& request,
                     const http_reply& reply) const {
  if (to->needs == access_role::none)
    return answer_guarded(reply, [&] { to->handler(request, reply); });
  auto found = access_.admit(request);
  if (auto* const refusal = std::get_if<http_response>(&found))
    return reply(std::move(*refusal));
  auto admitted = std::make_shared<http_request>(request);
  admitted->who = std::get<caller>(std::move(found));
  // The log of requests names who asked.
  const http_reply named = [reply, who = admitted->who.name](http_response answer) {
    answer.caller_name = who;
    reply(std::move(answer));
  };
  if (admitted->who.role < to->needs)
    return named(forbidden(admitted->who));
  auto answer = [to, admitted, named] { answer_guarded(named, [&] { to->handler(*admitted, named); }); };
  if (to->pace == endpoint_pace::network && request.body.size() <= small_body)
    answer();
  else if (!work_.add(std::move(answer)))
    named(too_busy());
}

} // namespace sluice
