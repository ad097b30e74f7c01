#include "persistence/requests/store_ticket.hpp"

#include "model/base/error.hpp"

#include <utility>

namespace sluice {

namespace {

std::exception_ptr store_closed() noexcept {
  try {
    return std::make_exception_ptr(
        error("store_closed", "the store was closed before the request was carried out; open it again"));
  } catch (...) {
    return std::current_exception();
  }
}

} // namespace

store_ticket::~store_ticket() {
  if (request_)
    finish(store_closed());
}

void store_ticket::finish(std::exception_ptr failure) noexcept {
  if (const auto request = std::exchange(request_, nullptr))
    request->finish(std::move(failure));
}

} // namespace sluice
