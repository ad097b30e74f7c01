#pragma once

#include <memory>
#include <string_view>

struct evp_pkey_st;

namespace sluice {

/// The public half of an RSA key, to check signatures of RS256 (RFC 7518, 3.3) by OpenSSL. Immutable; any
/// thread.
class rsa_public_key {
public:
  /// Modulus and exponent as unsigned big-endian numbers. Throws `error("bad_key")`: less than 2048 or more
  /// than 8192 bits, an exponent that is even or 1, or no RSA key at all.
  rsa_public_key(std::string_view modulus, std::string_view exponent);

  /// Returns true when `signature` is this key's for `text`: PKCS #1 v1.5 over SHA-256.
  bool verifies(std::string_view text, std::string_view signature) const noexcept;

private:
  std::shared_ptr<evp_pkey_st> key_;
};

} // namespace sluice
