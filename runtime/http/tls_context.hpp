#pragma once

#include <filesystem>
#include <memory>

namespace boost::asio::ssl {
class context;
}

namespace sluice {

/// Where a server's TLS identity is: PEM files.
struct tls_files {
  /// The certificate, followed by those between it and the authority.
  std::filesystem::path certificate;
  /// Its private key, without a passphrase.
  std::filesystem::path key;
};

/// A server's side of TLS 1.2 and 1.3 with one certificate. Immutable; connections keep the one that they
/// began with.
class tls_context {
public:
  /// Throws `error("bad_certificate")` that names the file: it cannot be read, is no PEM, is encrypted, does
  /// not belong to the other, or has expired.
  explicit tls_context(const tls_files& files);
  ~tls_context();
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  boost::asio::ssl::context& native() const noexcept;

private:
  std::unique_ptr<boost::asio::ssl::context> native_;
};

} // namespace sluice
