#pragma once

#include "runtime/server/rsa_public_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Largest key set, in bytes, and most keys in it.
inline constexpr std::size_t key_set_limit = std::size_t{1} << 20;
inline constexpr std::size_t key_count_limit = 100;

/// The RSA keys of a JSON Web Key Set (RFC 7517) that may check RS256. Keys of other kinds and for other uses
/// are passed over. Immutable; any thread.
class json_web_keys {
public:
  /// Throws `error("bad_configuration")`: no key set, a key that is too weak or broken, a private key, the
  /// same `kid` twice, or none that can be used.
  explicit json_web_keys(std::string_view text);

  /// Returns the key called `kid`. Without a `kid`, and for one when the key has no name, the only key there
  /// is. Otherwise nullptr.
  const rsa_public_key* choose(const std::optional<std::string>& kid) const noexcept;

private:
  struct named_key {
    std::optional<std::string> kid;
    rsa_public_key key;
  };

  std::vector<named_key> keys_;
};

} // namespace sluice
