#include "tests/server/access_token_maker.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <vector>

namespace sluice {

namespace {

std::string signed_text(const std::string& header, const std::string& claims) {
  return encode_base64url(header) + "." + encode_base64url(claims);
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string number_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  BOOST_REQUIRE_EQUAL(EVP_PKEY_get_bn_param(key, name, &number), 1);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return encode_base64url({bytes.begin(), bytes.end()});
}

} // namespace

std::string encode_base64url(const std::string& bytes) {
  std::string padded(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(padded.data()), bytes_of(bytes),
                                      static_cast<int>(bytes.size()));
  std::string text;
  for (const char c : padded.substr(0, static_cast<std::size_t>(length)))
    if (c != '=')
      text += c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string sign_hs256(const std::string& header, const std::string& claims, const std::string& secret) {
  const auto text = signed_text(header, claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(),
       digest.data(), &length);
  return text + "." + encode_base64url({reinterpret_cast<const char*>(digest.data()), length});
}

rsa_key_pair::rsa_key_pair(unsigned bits)
    : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}), EVP_PKEY_free) {
  BOOST_REQUIRE(key_ != nullptr);
}

std::string rsa_key_pair::sign_rs256(const std::string& header, const std::string& claims) const {
  const auto text = signed_text(header, claims);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::size_t length = 0;
  BOOST_REQUIRE_EQUAL(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()), 1);
  BOOST_REQUIRE_EQUAL(EVP_DigestSign(context.get(), nullptr, &length, bytes_of(text), text.size()), 1);
  std::string signature(length, '\0');
  BOOST_REQUIRE_EQUAL(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                     &length, bytes_of(text), text.size()),
                      1);
  signature.resize(length);
  return text + "." + encode_base64url(signature);
}

std::string rsa_key_pair::jwk(const std::string& more) const {
  return R"({"kty": "RSA", "n": ")" + number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N) + R"(", "e": ")" +
         number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
}

std::string rsa_key_pair::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
  BOOST_REQUIRE_EQUAL(PEM_write_bio_PUBKEY(memory.get(), key_.get()), 1);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

} // namespace sluice
