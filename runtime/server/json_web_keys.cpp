#include "runtime/server/json_web_keys.hpp"

#include "model/base/error.hpp"
#include "runtime/server/base64url.hpp"
#include "runtime/server/strict_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

using document = nlohmann::json;

[[noreturn]] void refuse_key_set(const std::string& why) {
  throw error("bad_configuration", why);
}

/// Returns the member if it is text; nothing when it is absent.
std::optional<std::string> text_of(const document& key, const char* name) {
  const auto found = key.find(name);
  if (found == key.end())
    return std::nullopt;
  if (!found->is_string())
    refuse_key_set(std::string("a key's '") + name + "' is no text");
  return found->get<std::string>();
}

bool lists_verify(const document& key) {
  const auto operations = key.find("key_ops");
  return operations == key.end() ||
         (operations->is_array() &&
          std::find(operations->begin(), operations->end(), "verify") != operations->end());
}

/// True for an RSA key that is not meant for something else (RFC 7517, 4.2 to 4.4).
bool is_for_rs256(const document& key) {
  return text_of(key, "kty") == "RSA" && text_of(key, "use").value_or("sig") == "sig" &&
         text_of(key, "alg").value_or("RS256") == "RS256" && lists_verify(key);
}

std::string name_of(const std::optional<std::string>& kid, std::size_t index) {
  return kid ? "the key '" + *kid + "'" : "key " + std::to_string(index + 1);
}

std::string number_of(const document& key, const char* name) {
  const auto text = text_of(key, name);
  auto bytes = text ? decode_base64url(*text) : std::nullopt;
  if (!bytes)
    throw error("bad_key", std::string("its '") + name + "' is missing or not base64url");
  return std::move(*bytes);
}

rsa_public_key read_key(const document& key, const std::string& name) {
  if (key.contains("d"))
    refuse_key_set(name + " is a private one; only its public half belongs here");
  try {
    return {number_of(key, "n"), number_of(key, "e")};
  } catch (const error& failed) {
    refuse_key_set(name + " cannot be used: " + failed.what());
  }
}

document read_key_list(std::string_view text) {
  auto set = parse_strict_object(text);
  if (!set || !set->contains("keys") || !(*set)["keys"].is_array())
    refuse_key_set("this is no JSON Web Key Set: an object with a list `keys`, and no member twice");
  if ((*set)["keys"].size() > key_count_limit)
    refuse_key_set("the set has more than " + std::to_string(key_count_limit) + " keys");
  return std::move((*set)["keys"]);
}

} // namespace

json_web_keys::json_web_keys(std::string_view text) {
  const auto list = read_key_list(text);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto& one = list[i];
    if (!one.is_object())
      refuse_key_set("key " + std::to_string(i + 1) + " is no object");
    if (!is_for_rs256(one))
      continue;
    const auto kid = text_of(one, "kid");
    if (kid && std::any_of(keys_.begin(), keys_.end(), [&](const named_key& key) { return key.kid == kid; }))
      refuse_key_set(name_of(kid, i) + " is there twice");
    keys_.push_back({kid, read_key(one, name_of(kid, i))});
  }
  if (keys_.empty())
    refuse_key_set("the set has no RSA key for RS256 signatures");
}

const rsa_public_key* json_web_keys::choose(const std::optional<std::string>& kid) const noexcept {
  if (keys_.size() == 1 && (!kid || !keys_.front().kid))
    return &keys_.front().key;
  if (!kid)
    return nullptr;
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const named_key& one) { return one.kid == kid; });
  return found == keys_.end() ? nullptr : &found->key;
}

} // namespace sluice
