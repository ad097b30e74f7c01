#pragma once

#include "runtime/http/router.hpp"
#include "runtime/server/access_control.hpp"
#include "runtime/server/endpoint.hpp"
#include "runtime/server/working_thread.hpp"

#include <memory>

namespace sluice {

/// The way of every request to its endpoint: who asks, whether they may, and on which thread it is
/// answered. Filled before use.
class api_gate {
public:
  /// Both must outlive it.
  api_gate(const access_control& access, working_thread& work) : access_(access), work_(work) {}

  void add(endpoints all);
  /// Answers a request. Network thread.
  void handle(const http_request& request, http_reply reply) const;

private:
  void admit(const std::shared_ptr<const api_endpoint>& to, const http_request& request,
             const http_reply& reply) const;

  const access_control& access_;
  working_thread& work_;
  router routes_;
};

} // namespace sluice
