#include "runtime/server/access_control.hpp"

#include "model/base/error.hpp"
#include "runtime/config/server_secret_rules.hpp"
#include "runtime/http/error_envelope.hpp"
#include "runtime/http/loopback.hpp"
#include "runtime/server/json_web_token.hpp"
#include "runtime/server/secret_digest.hpp"
#include "runtime/server/shown_token.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

namespace {

using security_settings = server_settings::security_settings;
using verdict = std::variant<caller, http_response>;

std::optional<secret_digest> digest_of(const char* setting, const std::string& token) {
  if (token.empty())
    return std::nullopt;
  if (const auto complaint = token_complaint(token))
    throw error("bad_configuration", std::string(setting) + ": " + *complaint);
  return secret_digest(token);
}

/// What is let in, as it was set up at one moment. Immutable.
struct access_rules {
  explicit access_rules(const security_settings& settings)
      : admin(digest_of("security.admin_token", settings.admin_token)),
        read(digest_of("security.read_token", settings.read_token)),
        web_tokens(settings.jwt),
        hosts(settings.hosts),
        allow_execution(settings.allow_unauthenticated_exec) {
    if (admin && read && admin->matches(*read))
      throw error("bad_configuration", "security.read_token: it is the admin token; make another one");
  }

  bool has_credentials() const noexcept { return admin || read || web_tokens.is_set_up(); }

  std::optional<secret_digest> admin;
  std::optional<secret_digest> read;
  json_web_token_verifier web_tokens;
  std::vector<std::string> hosts;
  bool allow_execution;
};

/// An address as digits, IPv4 inside IPv6 included.
bool is_this_machine(std::string_view remote) {
  constexpr std::string_view mapped = "::ffff:";
  if (remote.starts_with(mapped))
    remote.remove_prefix(mapped.size());
  const bool v6 = remote.find(':') != std::string_view::npos;
  return is_loopback_authority(v6 ? "[" + std::string(remote) + "]" : std::string(remote));
}

/// Browsers say from where a page asks; a page of another site may make them send what needs no token.
bool is_from_another_site(const http_request& request) {
  const auto sites = request.values("Sec-Fetch-Site");
  return std::find(sites.begin(), sites.end(), "cross-site") != sites.end();
}

/// Nobody can show anything, so only programs on this machine may ask, and no page of another site.
verdict admit_anonymous(const http_request& request, const std::vector<std::string>& hosts) {
  if (!is_this_machine(request.remote))
    return error_response(403, "foreign_client",
                          "without a token or JWT set up, this server answers its own machine only");
  if (auto refusal = refuse_foreign(request, hosts))
    return std::move(*refusal);
  if (is_from_another_site(request))
    return error_response(403, "foreign_origin", "web pages of other sites may not use this server");
  return caller{"anonymous", access_role::admin, false};
}

/// Both tokens are compared always, so that time does not tell which of them was nearly hit.
std::optional<caller> known_token(const access_rules& rules, const std::string& token) {
  const secret_digest shown(token);
  const bool is_admin = rules.admin && rules.admin->matches(shown);
  const bool is_read = rules.read && rules.read->matches(shown);
  if (is_admin)
    return caller{"admin-token", access_role::admin, true};
  return is_read ? std::optional(caller{"read-token", access_role::read, true}) : std::nullopt;
}

verdict admit_token(const access_rules& rules, const std::string& token, utc_time now) {
  if (auto known = known_token(rules, token))
    return std::move(*known);
  const bool may_be_signed = rules.web_tokens.is_set_up() && std::count(token.begin(), token.end(), '.') == 2;
  if (!may_be_signed)
    return unauthorized("bad_token", "the token is not valid here", true);
  auto judged = rules.web_tokens.verify(token, now);
  if (const auto* const refused = std::get_if<token_refusal>(&judged))
    return unauthorized("bad_token", refused->why, true);
  auto& identity = std::get<token_identity>(judged);
  return caller{std::move(identity.subject), identity.role, true, identity.until};
}

bool has_proper_host(const http_request& request) {
  const auto hosts = request.values("Host");
  return hosts.size() == 1 || (hosts.empty() && request.http_1_0);
}

verdict admit_by(const access_rules& rules, const http_request& request,
                 const std::function<utc_time()>& clock) {
  if (!has_proper_host(request))
    return error_response(400, "bad_request", "a request needs one Host field");
  auto shown = shown_token(request);
  if (auto* const refusal = std::get_if<http_response>(&shown))
    return std::move(*refusal);
  if (!rules.has_credentials())
    return admit_anonymous(request, rules.hosts);
  const auto& token = std::get<std::optional<std::string>>(shown);
  if (!token)
    return unauthorized("unauthorized", "this needs a token; send it as `Authorization: Bearer TOKEN`",
                        false);
  return admit_token(rules, *token, clock());
}

utc_time host_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace

struct access_control::state {
  std::shared_ptr<const access_rules> current() const {
    const std::lock_guard lock(mutex);
    return rules;
  }

  std::function<utc_time()> clock;
  /// Reloads so far.
  std::atomic<std::uint64_t> generation{0};
  mutable std::mutex mutex;
  std::shared_ptr<const access_rules> rules;
};

access_control::access_control(const security_settings& settings, std::function<utc_time()> clock)
    : state_(std::make_unique<state>()) {
  state_->clock = clock ? std::move(clock) : host_time;
  reload(settings);
}

access_control::~access_control() = default;

std::variant<caller, http_response> access_control::admit(const http_request& request) const {
  return admit_by(*state_->current(), request, state_->clock);
}

std::uint64_t access_control::generation() const noexcept {
  return state_->generation;
}

utc_time access_control::now() const {
  return state_->clock();
}

bool access_control::has_credentials() const noexcept {
  return state_->current()->has_credentials();
}

bool access_control::may_execute(const caller& who) const noexcept {
  const auto rules = state_->current();
  return who.role == access_role::admin &&
         (rules->has_credentials() ? who.authenticated : rules->allow_execution);
}

void access_control::reload(const security_settings& settings) {
  auto fresh = std::make_shared<const access_rules>(settings);
  const std::lock_guard lock(state_->mutex);
  state_->rules.swap(fresh);
  ++state_->generation;
}

} // namespace sluice
