#pragma once

#include "runtime/http/http_message.hpp"
#include "runtime/server/server_context.hpp"

#include <functional>

namespace sluice {

/// Makes the answer from the store, on its thread. What it throws becomes an error response.
using store_answer = std::function<http_response(store& in, utc_time now)>;

/// Replies with what `make` returns, from a reading transaction that sees one moment. Does not wait.
void answer_from_store(const server_context& context, http_reply reply, store_answer make);
/// The same in the writer's next transaction: the reply goes out once that is durable.
void answer_by_writing(const server_context& context, http_reply reply, store_answer make);

} // namespace sluice
