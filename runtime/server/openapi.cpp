#include "runtime/server/openapi.hpp"

#include <openapi_text.hpp>

namespace sluice {

std::string openapi_document() {
  return openapi_text;
}

} // namespace sluice
