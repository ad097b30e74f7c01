#pragma once

#include "model/config/finding.hpp"
#include "runtime/http/http_message.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace sluice {

/// Returns 200 (or `status`) with a JSON text.
http_response json_response(std::string body, unsigned status = 200);

/// Returns the error envelope for what was thrown: an `error` by its code (404 not_found, 409
/// invalid_transition, 422 findings, 503 store_…), anything else 500 `internal`.
http_response error_answer(const std::exception_ptr& failure);
/// The same for an error at hand.
http_response error_answer(std::string_view code, std::string_view message);

/// Returns 422 `invalid_…` whose `detail` is a list of findings, each with code, path, message, line and
/// column.
http_response findings_answer(std::string_view code, std::string_view message, const findings& found);

/// Wraps a reply so that what `work` throws becomes the answer: `guarded(reply, [&] {…})`.
template <class Work>
void answer_guarded(const http_reply& reply, Work&& work) {
  try {
    work();
  } catch (...) {
    reply(error_answer(std::current_exception()));
  }
}

} // namespace sluice
