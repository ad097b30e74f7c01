#include "runtime/server/rsa_public_key.hpp"

#include "model/base/error.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <cstddef>
#include <string>

namespace sluice {

namespace {

constexpr int fewest_bits = 2048;
/// A larger key makes each check slow, which anybody can ask for.
constexpr int most_bits = 8192;
constexpr std::size_t longest_exponent = 8;

template <auto Free>
struct freed_by {
  template <class Type>
  void operator()(Type* object) const noexcept {
    Free(object);
  }
};

using number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using parameters = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

[[noreturn]] void refuse_key(const std::string& why) {
  throw error("bad_key", why);
}

number read_number(std::string_view bytes, const char* what) {
  if (bytes.empty() || bytes.size() > most_bits)
    refuse_key(std::string("its ") + what + " is missing or too long");
  number read(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
  if (!read)
    refuse_key(std::string("its ") + what + " cannot be read");
  return read;
}

void check(const number& modulus, const number& exponent, std::size_t exponent_length) {
  const int bits = BN_num_bits(modulus.get());
  if (bits < fewest_bits)
    refuse_key("it has " + std::to_string(bits) + " bits; RS256 needs 2048 or more");
  if (bits > most_bits)
    refuse_key("it has " + std::to_string(bits) + " bits; at most 8192 are taken");
  if (!BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) || exponent_length > longest_exponent)
    refuse_key("its exponent is none of an RSA key");
}

parameters build(const number& modulus, const number& exponent) {
  const parameter_builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    refuse_key("OpenSSL does not take it");
  return parameters(OSSL_PARAM_BLD_to_param(builder.get()));
}

} // namespace

rsa_public_key::rsa_public_key(std::string_view modulus, std::string_view exponent) {
  const auto n = read_number(modulus, "modulus");
  const auto e = read_number(exponent, "exponent");
  check(n, e, exponent.size());
  const auto given = build(n, e);
  const key_context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* made = nullptr;
  if (!given || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, given.get()) != 1)
    refuse_key("OpenSSL does not take it");
  key_ = std::shared_ptr<evp_pkey_st>(made, EVP_PKEY_free);
  const key_context checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  if (!checker || EVP_PKEY_public_check(checker.get()) != 1)
    refuse_key("it is no sound RSA key");
}

bool rsa_public_key::verifies(std::string_view text, std::string_view signature) const noexcept {
  const digest_context context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

} // namespace sluice
