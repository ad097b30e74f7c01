#include "tests/runtime/https_test_client.hpp"

#include "tests/runtime/http_test_client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace sluice::testing {

namespace {

void require_done(bool worked, const char* what) {
  if (!worked)
    throw std::runtime_error(what);
}

int open_connection(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require_done(descriptor >= 0, "socket");
  const timeval patience{30, 0};
  require_done(::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0,
               "setsockopt");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require_done(::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
  return descriptor;
}

std::string common_name(const X509* certificate) {
  std::array<char, 64> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

template <class Write>
void write_pem(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  require_done(file != nullptr, "fopen");
  require_done(write(file) == 1, "PEM");
  std::fclose(file);
}

} // namespace

struct https_test_client::state {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  int descriptor = -1;

  ~state() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    ::close(descriptor);
  }
};

https_test_client::https_test_client(std::uint16_t port, int newest) : state_(std::make_unique<state>()) {
  state_->descriptor = open_connection(port);
  if (newest != 0) {
    SSL_set_security_level(state_->ssl, 0);
    SSL_set_min_proto_version(state_->ssl, TLS1_VERSION);
    SSL_set_max_proto_version(state_->ssl, newest);
  }
  SSL_set_fd(state_->ssl, state_->descriptor);
  require_done(SSL_connect(state_->ssl) == 1, "TLS handshake");
}

https_test_client::~https_test_client() = default;

void https_test_client::send(std::string_view text) {
  SSL_write(state_->ssl, text.data(), static_cast<int>(text.size()));
}

bool https_test_client::fill() {
  std::array<char, 16384> chunk{};
  const int size = SSL_read(state_->ssl, chunk.data(), static_cast<int>(chunk.size()));
  if (size > 0)
    received_.append(chunk.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string https_test_client::receive_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = received_.find(end)) == std::string::npos && fill())
    continue;
  const auto size = at == std::string::npos ? received_.size() : at + end.size();
  const auto text = received_.substr(0, size);
  received_.erase(0, size);
  return text;
}

std::string https_test_client::receive() {
  auto response = receive_until("\r\n\r\n");
  const auto length = field_of(response, "Content-Length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (received_.size() < size && fill())
    continue;
  response += received_.substr(0, size);
  received_.erase(0, size);
  return response;
}

std::string https_test_client::receive_rest() {
  while (fill())
    continue;
  std::string rest;
  rest.swap(received_);
  return rest;
}

std::string https_test_client::get(const std::string& path) {
  send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return receive();
}

std::string https_test_client::server_name() const {
  X509* const certificate = SSL_get1_peer_certificate(state_->ssl);
  const auto name = common_name(certificate);
  X509_free(certificate);
  return name;
}

test_certificate::test_certificate(const std::string& name, int days) {
  auto pattern = (std::filesystem::temp_directory_path() / "sluice-tls-XXXXXX").string();
  require_done(::mkdtemp(pattern.data()) != nullptr, "mkdtemp");
  directory_ = pattern;
  certificate_ = directory_ + "/certificate.pem";
  key_ = directory_ + "/key.pem";
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const made = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -86'400L * 365);
  X509_gmtime_adj(X509_getm_notAfter(made), 86'400L * days);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(made));
  require_done(X509_sign(made, key, EVP_sha256()) > 0, "X509_sign");
  write_pem(certificate_, [made](std::FILE* file) { return PEM_write_X509(file, made); });
  write_pem(key_, [key](std::FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(made);
  EVP_PKEY_free(key);
}

test_certificate::~test_certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

} // namespace sluice::testing
