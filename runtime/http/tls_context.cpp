#include "runtime/http/tls_context.hpp"

#include "model/base/error.hpp"

#include <boost/asio/ssl.hpp>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace sluice {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Far more than a chain of certificates needs; a wrong path must not fill the memory.
constexpr std::streamsize most_bytes = 1024 * 1024;

[[noreturn]] void reject(const std::string& what, const std::filesystem::path& file, const std::string& why) {
  throw error("bad_certificate", "the TLS " + what + " '" + file.string() + "' cannot be used: " + why);
}

std::string read_file(const std::string& what, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    reject(what, file, std::string(std::strerror(errno)) + "; give the path of a PEM file");
  std::string text(static_cast<std::size_t>(most_bytes), '\0');
  in.read(text.data(), most_bytes);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || text.empty())
    reject(what, file, "it is empty or no file; give the path of a PEM file");
  return text;
}

void use_certificate(asio::ssl::context& native, const std::filesystem::path& file) {
  const auto text = read_file("certificate", file);
  error_code failure;
  native.use_certificate_chain(asio::buffer(text), failure);
  if (failure)
    reject("certificate", file, "it holds no PEM certificate (" + failure.message() + ")");
  const X509* const certificate = SSL_CTX_get0_certificate(native.native_handle());
  if (certificate && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
    reject("certificate", file, "it has expired; renew it");
}

void use_key(asio::ssl::context& native, const std::filesystem::path& file,
             const std::filesystem::path& certificate) {
  const auto text = read_file("key", file);
  error_code failure;
  native.use_private_key(asio::buffer(text), asio::ssl::context::pem, failure);
  if (failure && text.find("ENCRYPTED") != std::string::npos)
    reject("key", file, "it is encrypted, and a server has nobody to ask; write it without a passphrase");
  if (failure && ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == X509_R_KEY_VALUES_MISMATCH)
    reject("key", file, "it does not belong to the certificate '" + certificate.string() + "'");
  if (failure)
    reject("key", file, "it holds no PEM private key (" + failure.message() + ")");
}

/// Picks HTTP/1.1 when the client offers it, and otherwise says nothing: all clients then assume it.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) noexcept {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

} // namespace

tls_context::tls_context(const tls_files& files)
    : native_(std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server)) {
  auto* const handle = native_->native_handle();
  SSL_CTX_set_min_proto_version(handle, TLS1_2_VERSION);
  SSL_CTX_set_options(handle,
                      SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // TLS 1.2 with forward secrecy and authenticated encryption only; 1.3 has nothing else.
  SSL_CTX_set_cipher_list(handle, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL");
  // Buffers of idle connections are given back: 34 KB each.
  SSL_CTX_set_mode(handle, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(handle, choose_protocol, nullptr);
  // Without a callback OpenSSL would ask for a passphrase on the terminal.
  native_->set_password_callback(
      [](std::size_t, asio::ssl::context::password_purpose) { return std::string(); });
  use_certificate(*native_, files.certificate);
  use_key(*native_, files.key, files.certificate);
}

tls_context::~tls_context() = default;

asio::ssl::context& tls_context::native() const noexcept {
  return *native_;
}

} // namespace sluice
