#include "runtime/config/server_settings_checks.hpp"

#include "model/base/name.hpp"
#include "runtime/config/server_secret_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace sluice {

namespace {

bool is_lane(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return is_valid_name(text);
  return is_valid_name(text.substr(0, slash)) && is_valid_name(text.substr(slash + 1));
}

/// Letters, digits, dots and hyphens (RFC 1123, 2.1), or an IPv6 address in brackets, perhaps with a port.
bool is_host(std::string_view text) {
  const auto colon = text.find_last_of(":]");
  if (colon != std::string_view::npos && text[colon] == ':') {
    const auto port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    text = text.substr(0, colon);
  }
  if (text.starts_with('[') && text.ends_with(']'))
    return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF:.", 1) == text.size() - 1;
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return !text.empty() && text.size() <= 253 && text.find_first_not_of(letters) == std::string_view::npos;
}

void check_tls(settings_draft& draft) {
  const auto& tls = draft.settings.http.tls;
  if (tls.certificate.empty() == tls.key.empty())
    return;
  const bool no_key = tls.key.empty();
  draft.report(
      no_key ? "http.tls.certificate" : "http.tls.key",
      fmt::format("TLS needs both files; give {} too", no_key ? "http.tls.key" : "http.tls.certificate"));
}

/// Returns the setting that gave a secret: its file, if that is where it is from.
std::string given_by(const char* name, const settings_draft& draft) {
  const auto file = fmt::format("{}_file", name);
  return draft.origin_of(file) != nullptr ? file : std::string(name);
}

void check_secrets(settings_draft& draft) {
  const auto& security = draft.settings.security;
  const auto check = [&](const char* name, const std::string& secret, const auto& rule) {
    if (const auto complaint = secret.empty() ? std::nullopt : rule(secret))
      draft.report(given_by(name, draft), fmt::format("this secret is not fit: {}", *complaint));
  };
  check("security.admin_token", security.admin_token, token_complaint);
  check("security.read_token", security.read_token, token_complaint);
  check("security.jwt.secret", security.jwt.secret, signing_secret_complaint);
  if (!security.read_token.empty() && security.read_token == security.admin_token)
    draft.report(given_by("security.read_token", draft),
                 "the read token is the admin token; make another one");
  if (security.allow_unauthenticated_exec && has_credentials(security))
    draft.report("security.allow_unauthenticated_exec", "this does nothing where a token or JWT is set up",
                 finding::level::warning);
}

void check_security(settings_draft& draft) {
  const auto& security = draft.settings.security;
  for (const auto& host : security.hosts)
    if (!is_host(host))
      draft.report(
          "security.hosts",
          fmt::format("'{}' is no host name; write it as in sluice.example.org or sluice.example.org:8443",
                      host));
  const auto& jwt = security.jwt;
  if (jwt.role_claim.empty() || jwt.admin_value.empty() || jwt.read_value.empty())
    draft.report("security.jwt.role_claim", "the claim and the values of both roles must not be empty");
  if (jwt.admin_value == jwt.read_value)
    draft.report("security.jwt.read_value", "the values of both roles must differ");
  if (!jwt.secret.empty() || !jwt.jwks_file.empty())
    return;
  for (const auto* const name : {"security.jwt.issuer", "security.jwt.audience"})
    if (draft.origin_of(name) != nullptr)
      draft.report(name, "this does nothing without security.jwt.secret, secret_file or jwks_file",
                   finding::level::warning);
}

void check_store(settings_draft& draft) {
  const auto& store = draft.settings.store;
  if (store.ephemeral && store.database != server_settings{}.store.database)
    draft.report("store.database", "this does nothing, since store.ephemeral keeps everything in memory",
                 finding::level::warning);
  if (!store.ephemeral && store.database.empty())
    draft.report("store.database", "the database needs a file; name one, or set store.ephemeral");
}

void check_worker(settings_draft& draft) {
  const auto& lanes = draft.settings.worker.lanes;
  std::set<std::string> seen;
  for (const auto& lane : lanes) {
    if (!is_lane(lane))
      draft.report(
          "worker.lanes",
          fmt::format("'{}' is no lane: write LANE or ENV/LANE, names of letters, digits, _ and - that "
                      "begin with a letter or _",
                      lane));
    else if (!seen.insert(lane.find('/') == std::string::npos ? "default/" + lane : lane).second)
      draft.report("worker.lanes", fmt::format("the lane '{}' is there twice", lane));
  }
  if (lanes.empty() && draft.settings.worker.enabled.value_or(false))
    draft.report("worker.lanes",
                 "a worker needs a lane to work on; name one, or set worker.enabled to false");
}

void check_rules(settings_draft& draft) {
  const auto& rules = draft.settings.rules;
  if (rules.sync && rules.directory.empty())
    draft.report("rules.sync", "there is nothing to copy from; name rules.directory, too");
}

void check_flows(settings_draft& draft) {
  std::set<std::string> seen;
  for (const auto& flow : draft.settings.flows) {
    if (!is_valid_name(flow.name))
      draft.report("flows",
                   fmt::format("'{}' is no name for a flow: letters, digits, _ and -, beginning with a "
                               "letter or _; give `name`",
                               flow.name));
    else if (!seen.insert(flow.name).second)
      draft.report("flows",
                   fmt::format("the flow '{}' is there twice; give one of them another name", flow.name));
  }
}

} // namespace

void check_server_settings(settings_draft& draft) {
  check_tls(draft);
  check_secrets(draft);
  check_security(draft);
  check_store(draft);
  check_worker(draft);
  check_rules(draft);
  check_flows(draft);
}

} // namespace sluice
