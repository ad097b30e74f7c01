#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace sluice {

/// Longest secret, in bytes.
inline constexpr std::size_t secret_length_limit = 4096;

/// Returns the secret in a file: its text without the white space at both ends. The file must be a regular
/// one that others than its owner and group can neither read nor write and that its group cannot write.
/// Throws `error("bad_secret_file")` that names the file and what to do, never what is in it.
std::string read_secret_file(const std::filesystem::path& path);

/// Returns the text of a file that holds no secret but decides who is let in, such as a key set: everybody
/// may read it, but only its owner may write it. Throws as `read_secret_file`.
std::string read_trusted_file(const std::filesystem::path& path, std::size_t limit);

} // namespace sluice
