#pragma once

#include "persistence/requests/store_request.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace sluice {

/// A request on its way. Whatever happens, it is finished exactly once: with `error("store_closed")` if
/// everybody has let go of its ticket before, e.g. because the actor it was sent to has ended. One thread at
/// a time has it.
class store_ticket {
public:
  explicit store_ticket(std::shared_ptr<store_request> request) : request_(std::move(request)) {}
  store_ticket(const store_ticket&) = delete;
  store_ticket& operator=(const store_ticket&) = delete;
  ~store_ticket();

  void run(store& in, utc_time now) { request_->run(in, now); }
  /// Lets go of the request, too. Further calls are without effect.
  void finish(std::exception_ptr failure) noexcept;

private:
  std::shared_ptr<store_request> request_;
};

} // namespace sluice
