#pragma once

#include "model/base/uuid.hpp"
#include "runtime/http/http_message.hpp"
#include "runtime/server/server_context.hpp"

#include <functional>
#include <optional>

namespace sluice {

/// Returns the run whose steps an order would set going; nothing: none.
using run_choice = std::function<std::optional<uuid>(store& in, utc_time now)>;

/// Calls `then` when who asks may have the steps of a run carried out, as for a submission: at once for one
/// who may do everything, else on the store's thread after a look at the run's graph, which never changes.
/// Otherwise replies 403 `forbidden_kind`, or with what the look threw. What `then` throws becomes the
/// answer.
void permit_steps(const server_context& context, const http_request& request, const http_reply& reply,
                  run_choice choose, std::function<void()> then);

} // namespace sluice
