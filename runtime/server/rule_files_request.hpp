#pragma once

#include "persistence/rules/rule_files.hpp"
#include "runtime/http/http_message.hpp"

#include <vector>

namespace sluice {

/// Returns the files of rules that the body of a request holds: `{"files": [{"name", "text"}]}`, as many as a
/// directory may have. Throws as `require_json`, and `error("bad_value")` that names the member.
std::vector<rule_file> read_rule_files(const http_request& request);

} // namespace sluice
