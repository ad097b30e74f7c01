#include "runtime/http/router.hpp"

#include "runtime/http/error_envelope.hpp"

#include <utility>

namespace sluice {

void router::add(const std::string& method, const std::string& path, http_handler handler) {
  if (method == "GET")
    paths_[path]["HEAD"] = handler;
  paths_[path][method] = std::move(handler);
}

void router::route(const http_request& request, http_reply reply) const {
  const auto known = paths_.find(request.path);
  if (known == paths_.end())
    return reply(error_response(404, "not_found", "there is nothing at this path", request.path));

  const auto handler = known->second.find(request.method);
  if (handler != known->second.end())
    return handler->second(request, std::move(reply));

  std::string allowed;
  for (const auto& [method, unused] : known->second)
    allowed += (allowed.empty() ? "" : ", ") + method;
  auto refusal = error_response(405, "method_not_allowed", "this path takes " + allowed, request.method);
  refusal.fields.emplace_back("Allow", allowed);
  reply(std::move(refusal));
}

} // namespace sluice
