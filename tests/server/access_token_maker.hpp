#pragma once

#include <memory>
#include <string>

struct evp_pkey_st;

namespace sluice {

/// Returns base64url without padding.
std::string encode_base64url(const std::string& bytes);

/// Returns a token with these parts, which are JSON texts, signed by HS256; whatever `alg` says.
std::string sign_hs256(const std::string& header, const std::string& claims, const std::string& secret);

/// An RSA key pair of a test's own.
class rsa_key_pair {
public:
  explicit rsa_key_pair(unsigned bits);

  std::string sign_rs256(const std::string& header, const std::string& claims) const;
  /// The public key as a JWK: `{"kty": "RSA", "n": …, "e": … MORE}`.
  std::string jwk(const std::string& more = R"(, "kid": "k1")") const;
  /// The public key as PEM.
  std::string pem() const;

private:
  std::shared_ptr<evp_pkey_st> key_;
};

} // namespace sluice
