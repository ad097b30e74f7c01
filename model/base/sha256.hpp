#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Returns the SHA-256 digest (FIPS 180-4) of `bytes` as 64 lower-case hexadecimal digits. For comparing
/// bodies of kilobytes; no hardware help.
std::string sha256_hex(std::string_view bytes);

} // namespace sluice
