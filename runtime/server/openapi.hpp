#pragma once

#include <string>

namespace sluice {

/// Returns the OpenAPI 3.1 document of the API: docs/openapi.json, compact.
std::string openapi_document();

} // namespace sluice
