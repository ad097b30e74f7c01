#pragma once

#include "model/config/yaml_document.hpp"

#include <cstddef>
#include <string>

namespace sluice {

/// Returns the whole of the file `path`; pipes and devices work too. Throws `error` with the code
/// `not_found`, `is_directory`, `unreadable` or `too_large` (more than `limit` bytes).
std::string read_text_file(const std::string& path, std::size_t limit = configuration_limit);

} // namespace sluice
