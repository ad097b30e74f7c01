#include "runtime/http/error_envelope.hpp"

#include <nlohmann/json.hpp>

namespace sluice {

http_response error_response(unsigned status, std::string_view code, std::string_view message,
                             std::string_view detail) {
  nlohmann::ordered_json error;
  error["code"] = code;
  error["message"] = message;
  error["detail"] = detail.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(detail);
  const nlohmann::ordered_json envelope = {{"error", error}};
  // Details may quote what a client sent: bytes that are not UTF-8 must not turn the answer into an
  // exception.
  auto body = envelope.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return {status, "application/json", body + "\n"};
}

} // namespace sluice
