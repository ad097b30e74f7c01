#include "runtime/server/secret_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

namespace sluice {

secret_digest::secret_digest(std::string_view secret) : bytes_{} {
  static_assert(SHA256_DIGEST_LENGTH == sizeof bytes_);
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), bytes_.data());
}

bool secret_digest::matches(const secret_digest& other) const noexcept {
  return CRYPTO_memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0;
}

bool same_bytes(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace sluice
